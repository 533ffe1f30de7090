/** Where a mutator writes: `spec.containers[name: *].image` (Gatekeeper, pkg/mutation/path/parser). */

export type LocationNode =
  | { readonly kind: "object"; readonly field: string }
  | {
      readonly kind: "list";
      readonly keyField: string;
      /** undefined stands for `*`. */
      readonly key: string | number | undefined;
    };

export type Location = readonly LocationNode[];

type Token =
  | { readonly kind: "name" | "integer"; readonly text: string }
  | { readonly kind: "." | "[" | "]" | ":" | "*" | "end" | "bad"; readonly text: string };

const SIGNS = new Set([".", "[", "]", ":", "*"]);

function isSign(text: string): text is "." | "[" | "]" | ":" | "*" {
  return SIGNS.has(text);
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
    const first = this.#text.charAt(this.#at);
    if (first === "") return { kind: "end", text: "" };
    if (isSign(first)) {
      this.#at++;
      return { kind: first, text: first };
    }
    if (first === '"' || first === "'") return this.#quoted(first);
    const word = /^[A-Za-z0-9_-]+/.exec(this.#text.slice(this.#at))?.[0];
    if (word === undefined) {
      this.#at = this.#text.length;
      return { kind: "bad", text: first };
    }
    this.#at += word.length;
    return { kind: /^\d+$/.test(word) ? "integer" : "name", text: word };
  }

  #quoted(quote: string): Token {
    let text = "";
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at);
      if (character === quote) {
        this.#at++;
        return { kind: "name", text };
      }
      if (character === "\\") text += this.#text.charAt(++this.#at);
      else text += character;
    }
    return { kind: "bad", text: quote };
  }
}

/** A string says why the location is none. */
export function parseLocation(text: string): Location | string {
  const scanner = new Scanner(text);
  const nodes: LocationNode[] = [];
  let token = scanner.next();
  while (token.kind === "name" || token.kind === "integer") {
    nodes.push({ kind: "object", field: token.text });
    token = scanner.next();
    if (token.kind === "[") {
      const node = parseList(scanner);
      if (typeof node === "string") return node;
      nodes.push(node);
      token = scanner.next();
    }
    if (token.kind === "end") return nodes;
    if (token.kind !== ".") return `unexpected token: expected '.' or eof, got: ${shown(token)}`;
    token = scanner.next();
    if (token.kind === "end") return "trailing separators are forbidden";
  }
  return token.kind === "end" ? nodes : `unexpected token: expected field name or eof, got: ${shown(token)}`;
}

function parseList(scanner: Scanner): LocationNode | string {
  const keyField = scanner.next();
  if (keyField.kind !== "name") return `unexpected token: expected keyField in listSpec, got: ${shown(keyField)}`;
  const colon = scanner.next();
  if (colon.kind !== ":") {
    return `unexpected token: expected ':' following keyField ${keyField.text}, got: ${shown(colon)}`;
  }
  const value = scanner.next();
  let key: string | number | undefined;
  if (value.kind === "name") key = value.text;
  else if (value.kind === "integer") key = Number(value.text);
  else if (value.kind !== "*") return `unexpected token: expected key value or glob in listSpec, got: ${shown(value)}`;
  const end = scanner.next();
  if (end.kind !== "]") return `unexpected token: expected ']' following listSpec, got: ${shown(end)}`;
  return { kind: "list", keyField: keyField.text, key };
}

function shown({ kind, text }: Token): string {
  return kind === "end" ? "EOF" : JSON.stringify(text);
}

export function sameNode(one: LocationNode, other: LocationNode): boolean {
  if (one.kind === "object") return other.kind === "object" && one.field === other.field;
  return other.kind === "list" && one.keyField === other.keyField && one.key === other.key;
}

/** Whether two locations cannot both be true of one object: what one takes for a list the other takes for something else. */
export function contradicts(one: Location, other: Location): boolean {
  for (const [index, node] of one.entries()) {
    const there = other[index];
    if (there === undefined) return false;
    if (node.kind !== there.kind) return true;
    if (node.kind === "object" && there.kind === "object" && node.field !== there.field) return false;
    if (node.kind === "list" && there.kind === "list" && node.keyField !== there.keyField) return true;
  }
  return false;
}
