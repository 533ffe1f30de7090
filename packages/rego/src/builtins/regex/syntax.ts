/*
 * The part of RE2's syntax that the shortcut to native regular expressions understands: characters, classes, groups,
 * alternatives, repetition, `^` at the start and `$` at the end. Everything else is left to the RE2 engine.
 */

/** Inclusive ranges of code points, sorted and apart. */
export type CharacterClass = readonly (readonly [low: number, high: number])[];

export type RegexNode =
  | { readonly kind: "class"; readonly ranges: CharacterClass }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "repeat"; readonly body: RegexNode; readonly least: number; readonly most: number }
  | { readonly kind: "group"; readonly body: RegexNode };

export interface SimpleRegex {
  readonly anchoredStart: boolean;
  readonly anchoredEnd: boolean;
  readonly body: RegexNode;
}

const maxCodePoint = 0x10ffff;
const digits: CharacterClass = [[0x30, 0x39]];
const wordCharacters: CharacterClass = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const spaces: CharacterClass = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
const anyButNewline: CharacterClass = [
  [0, 9],
  [11, maxCodePoint],
];
const perlClasses: ReadonlyMap<string, CharacterClass> = new Map([
  ["d", digits],
  ["D", complement(digits)],
  ["w", wordCharacters],
  ["W", complement(wordCharacters)],
  ["s", spaces],
  ["S", complement(spaces)],
]);
const controls: ReadonlyMap<string, number> = new Map([
  ["t", 9],
  ["n", 10],
  ["v", 11],
  ["f", 12],
  ["r", 13],
]);

export function complement(ranges: CharacterClass): CharacterClass {
  const result: [number, number][] = [];
  let next = 0;
  for (const [low, high] of ranges) {
    if (low > next) result.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= maxCodePoint) result.push([next, maxCodePoint]);
  return result;
}

export function merged(ranges: readonly (readonly [number, number])[]): CharacterClass {
  const result: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}

/** The pattern's tree, or undefined for one that uses anything else (or is no regular expression at all). */
export function parseSimpleRegex(pattern: string): SimpleRegex | undefined {
  try {
    return new SimpleParser(pattern).parse();
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

class NotSimple extends Error {}

class SimpleParser {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#characters = Array.from(pattern);
  }

  parse(): SimpleRegex {
    const anchoredStart = this.#accept("^");
    const anchoredEnd = this.#endsWithAnchor();
    const end = this.#characters.length - (anchoredEnd ? 1 : 0);
    const body = this.#choice(end);
    if (this.#at !== end) throw new NotSimple();
    // An anchor binds one alternative only.
    if ((anchoredStart || anchoredEnd) && body.kind === "choice") throw new NotSimple();
    return { anchoredStart, anchoredEnd, body };
  }

  #endsWithAnchor(): boolean {
    const end = this.#characters.length - 1;
    if (this.#characters[end] !== "$") return false;
    let backslashes = 0;
    while (this.#characters[end - 1 - backslashes] === "\\") backslashes += 1;
    return backslashes % 2 === 0;
  }

  #peek(): string {
    return this.#characters[this.#at] ?? "";
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #choice(end: number): RegexNode {
    const parts = [this.#sequence(end)];
    while (this.#at < end && this.#accept("|")) parts.push(this.#sequence(end));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: "choice", parts };
  }

  #sequence(end: number): RegexNode {
    const parts: RegexNode[] = [];
    while (this.#at < end && this.#peek() !== "|" && this.#peek() !== ")") parts.push(this.#repeated());
    return { kind: "sequence", parts };
  }

  #repeated(): RegexNode {
    const body = this.#atom();
    const bounds = this.#bounds();
    if (bounds === undefined) return body;
    if ("*+?{".includes(this.#peek()) && this.#peek() !== "") throw new NotSimple();
    return { kind: "repeat", body, least: bounds[0], most: bounds[1] };
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#accept("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#accept("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#accept("?")) return [0, 1];
    if (this.#peek() !== "{") return undefined;
    const close = this.#characters.indexOf("}", this.#at);
    const text = this.#characters.slice(this.#at + 1, close < 0 ? this.#at + 1 : close).join("");
    const match = /^([0-9]{1,3})(,?)([0-9]{0,3})$/.exec(text);
    if (match === null || (match[2] === "" && match[3] !== "")) throw new NotSimple();
    this.#at = close + 1;
    const least = Number(match[1]);
    if (match[2] === "") return [least, least];
    const most = match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (most < least) throw new NotSimple();
    return [least, most];
  }

  #atom(): RegexNode {
    const character = this.#peek();
    this.#at += 1;
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "class", ranges: this.#class() };
      case ".":
        return { kind: "class", ranges: anyButNewline };
      case "\\":
        return { kind: "class", ranges: this.#escape() };
      case "":
      case "*":
      case "+":
      case "?":
      case "{":
      case "}":
      case "]":
      case "^":
      case "$":
        throw new NotSimple();
      default:
        return { kind: "class", ranges: single(character) };
    }
  }

  #group(): RegexNode {
    this.#depth += 1;
    if (this.#depth > 50) throw new NotSimple();
    let captures = true;
    if (this.#accept("?")) {
      if (!this.#accept(":")) throw new NotSimple();
      captures = false;
    }
    const body = this.#choice(this.#characters.length);
    if (!this.#accept(")")) throw new NotSimple();
    this.#depth -= 1;
    return captures ? { kind: "group", body } : body;
  }

  #escape(): CharacterClass {
    const character = this.#peek();
    this.#at += 1;
    const perl = perlClasses.get(character);
    if (perl !== undefined) return perl;
    const control = controls.get(character);
    if (control !== undefined) return [[control, control]];
    if (!/^[!-/:-@[-`{-~]$/.test(character)) throw new NotSimple();
    return single(character);
  }

  #class(): CharacterClass {
    const negated = this.#accept("^");
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; first || this.#peek() !== "]"; first = false) {
      const character = this.#peek();
      if (character === "" || (character === "[" && this.#characters[this.#at + 1] === ":")) throw new NotSimple();
      if (character === "]" || (character === "-" && !first && this.#characters[this.#at + 1] !== "]")) {
        throw new NotSimple();
      }
      const low = this.#classCharacter();
      const isRange = this.#peek() === "-" && this.#characters[this.#at + 1] !== "]";
      if (!isRange) {
        ranges.push(...low);
        continue;
      }
      this.#at += 1;
      const high = this.#classCharacter();
      const [from, to] = [low[0]?.[0] ?? 0, high[0]?.[0] ?? 0];
      if (!isSingle(low) || !isSingle(high) || from > to) throw new NotSimple();
      ranges.push([from, to]);
    }
    this.#at += 1;
    const all = merged(ranges);
    return negated ? complement(all) : all;
  }

  #classCharacter(): CharacterClass {
    const character = this.#peek();
    if (character === "") throw new NotSimple();
    this.#at += 1;
    return character === "\\" ? this.#escape() : single(character);
  }
}

function single(character: string): CharacterClass {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xd800 && code <= 0xdfff) throw new NotSimple();
  return [[code, code]];
}

function isSingle(ranges: CharacterClass): boolean {
  const [only] = ranges;
  return ranges.length === 1 && only !== undefined && only[0] === only[1];
}
