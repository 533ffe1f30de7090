import type { Source } from "./source.ts";

export type TokenType = "ident" | "escaped" | "int" | "uint" | "double" | "string" | "bytes" | "symbol" | "end";

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** In code points. */
  readonly offset: number;
}

export interface LexicalError {
  /** The text that no token starts with. */
  readonly text: string;
  readonly offset: number;
}

const SPACE = /[\t \r\n\f]+|\/\/[^\n]*/y;
const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?\x60]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7][0-7])`;
const STRING = [
  `[rR]"""[^]*?"""`,
  `[rR]'''[^]*?'''`,
  `[rR]"[^"\\n\\r]*"`,
  `[rR]'[^'\\n\\r]*'`,
  `"""(?:${ESCAPE}|[^\\\\])*?"""`,
  `'''(?:${ESCAPE}|[^\\\\])*?'''`,
  `"(?:${ESCAPE}|[^\\\\"\\n\\r])*"`,
  `'(?:${ESCAPE}|[^\\\\'\\n\\r])*'`,
].join("|");

const TOKENS: readonly (readonly [TokenType, RegExp])[] = [
  ["bytes", new RegExp(`[bB](?:${STRING})`, "uy")],
  ["string", new RegExp(STRING, "uy")],
  ["double", /(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)/y],
  ["uint", /(?:0x[0-9a-fA-F]+|[0-9]+)[uU]/y],
  ["int", /0x[0-9a-fA-F]+|[0-9]+/y],
  ["ident", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["escaped", /`[A-Za-z0-9_.\-/ ]+`/y],
  ["symbol", /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y],
];

/** The longest token wins, the earlier kind among equals; what starts no token is an error and is skipped. */
export function tokenize(source: Source): {
  readonly tokens: readonly Token[];
  readonly errors: readonly LexicalError[];
} {
  const tokens: Token[] = [];
  const errors: LexicalError[] = [];
  const { text } = source;
  let at = 0;
  let offset = 0;
  const advance = (length: number): void => {
    offset += Array.from(text.slice(at, at + length)).length;
    at += length;
  };
  while (at < text.length) {
    SPACE.lastIndex = at;
    const space = SPACE.exec(text);
    if (space !== null) {
      advance(space[0].length);
      continue;
    }
    const [type, found] = longest(text, at);
    if (type === undefined) {
      const bad = unrecognised(text, at);
      errors.push({ text: bad, offset });
      advance(bad.length);
    } else {
      tokens.push({ type, text: found, offset });
      advance(found.length);
    }
  }
  tokens.push({ type: "end", text: "<EOF>", offset });
  return { tokens, errors };
}

function longest(text: string, at: number): readonly [TokenType | undefined, string] {
  let best: readonly [TokenType | undefined, string] = [undefined, ""];
  for (const [type, pattern] of TOKENS) {
    pattern.lastIndex = at;
    const [found = ""] = pattern.exec(text) ?? [];
    if (found.length > best[1].length) best = [type, found];
  }
  return best;
}

const STRING_PREFIX = new RegExp(`[bB]?(?:"(?:${ESCAPE}|[^\\\\"\\n\\r])*|'(?:${ESCAPE}|[^\\\\'\\n\\r])*)`, "uy");

/** As much as could have begun a token, and the character that spoiled it. */
function unrecognised(text: string, at: number): string {
  STRING_PREFIX.lastIndex = at;
  const started = STRING_PREFIX.exec(text)?.[0] ?? "";
  if (started !== "") {
    const rest = text.slice(at + started.length);
    const escape = /^\\[^]?[0-9a-fA-F]{0,8}/.exec(rest)?.[0] ?? "";
    return started + (escape === "" ? (Array.from(rest)[0] ?? "") : spoiledEscape(rest));
  }
  const [first = "", second = ""] = Array.from(text.slice(at, at + 4));
  return "&|=".includes(first) ? first + second : first;
}

/** An escape up to the character that does not belong in it. */
function spoiledEscape(rest: string): string {
  const [, kind = ""] = Array.from(rest);
  const digits = { x: 2, X: 2, u: 4, U: 8 }[kind] ?? 0;
  let length = 2;
  while (length < 2 + digits && /[0-9a-fA-F]/.test(rest[length] ?? "")) length++;
  return rest.slice(0, digits === 0 ? 2 : length + 1);
}
