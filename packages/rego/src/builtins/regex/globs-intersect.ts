import { BuiltinError } from "../errors.ts";

/*
 * Whether two of the small expressions that `regex.globs_match` takes (characters, `.`, sets, each with `+` or `*`)
 * have a text in common. It searches as OPA's library does, and misses what that misses.
 */

interface Token {
  /** The characters it stands for; undefined for any. */
  readonly characters: ReadonlySet<string> | undefined;
  readonly isSet: boolean;
  flag: "" | "+" | "*";
}

type Tokens = readonly Token[];

export function globsIntersect(a: string, b: string): boolean {
  const left = simplified(new Tokenizer(a).tokens());
  const right = simplified(new Tokenizer(b).tokens());
  const trimmed = trim(left, right);
  return trimmed !== undefined && intersect(trimmed[0], trimmed[1]);
}

class Tokenizer {
  readonly #text: string;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#characters = Array.from(text);
  }

  tokens(): Token[] {
    const tokens: Token[] = [];
    while (this.#at < this.#characters.length) tokens.push(this.#token());
    return tokens;
  }

  #error(message: string, at: number = this.#at): BuiltinError {
    return new BuiltinError(`input:${this.#text}, pos:${at}, ${message}: the input provided is invalid`);
  }

  #next(): { character: string; escaped: boolean } | undefined {
    const character = this.#characters[this.#at];
    if (character === undefined) return undefined;
    if (character !== "\\") {
      this.#at += 1;
      return { character, escaped: false };
    }
    const escaped = this.#characters[this.#at + 1];
    if (escaped === undefined) throw this.#error(String.raw`input ends with a \ (escape) character`);
    this.#at += 2;
    return { character: escaped, escaped: true };
  }

  #token(): Token {
    const next = this.#next();
    const character = next?.character ?? "";
    let token: Token = { characters: new Set([character]), isSet: false, flag: "" };
    if (next?.escaped === false) {
      if (character === ".") token = { characters: undefined, isSet: false, flag: "" };
      else if (character === "[") token = { characters: this.#set(), isSet: true, flag: "" };
      else if (character === "]") throw this.#error("set-close ']' with no preceding '['");
      else if (character === "+" || character === "*") {
        throw this.#error(`flag '${character}' must be preceded by a non-flag`);
      }
    }
    const flag = this.#characters[this.#at];
    if (flag === "+" || flag === "*") {
      token.flag = flag;
      this.#at += 1;
    } else if (flag === "\\" && this.#at === this.#characters.length - 1) {
      throw this.#error(String.raw`input ends with a \ (escape) character`);
    }
    return token;
  }

  #set(): Set<string> {
    const characters = new Set<string>();
    let previous: string | undefined;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (next.escaped || (next.character !== "-" && next.character !== "]")) {
        characters.add(next.character);
        previous = next.character;
      } else if (next.character === "]") {
        return characters;
      } else {
        this.#range(characters, previous);
        previous = undefined;
      }
    }
    throw this.#error("found [ without matching ]");
  }

  #range(characters: Set<string>, from: string | undefined): void {
    if (from === undefined) throw this.#error("range character '-' must be preceded by a Unicode character");
    if (this.#at >= this.#characters.length - 1) {
      throw this.#error("range character '-' must be followed by a Unicode character");
    }
    const next = this.#next();
    const to = next?.character ?? "";
    if (next?.escaped === false && (to === "]" || to === "-")) {
      throw this.#error("range character '-' cannot be followed by a special symbol");
    }
    const low = from.codePointAt(0) ?? 0;
    const high = to.codePointAt(0) ?? 0;
    if (high < low) throw this.#error(`range is out of order: '${to}' comes before '${from}' in Unicode`);
    for (let code = low; code <= high; code += 1) characters.add(String.fromCodePoint(code));
  }
}

function sameCharacters(a: Token, b: Token): boolean {
  if (a.characters === undefined || b.characters === undefined) return a.characters === b.characters;
  return (
    a.isSet === b.isSet &&
    a.characters.size === b.characters.size &&
    overlap(a.characters, b.characters) === a.characters.size
  );
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const character of a) if (b.has(character)) shared += 1;
  return shared;
}

/** Joins neighbours that repeat the same characters. */
function simplified(tokens: Tokens): Token[] {
  const result: Token[] = [];
  for (const token of tokens) {
    const last = result.at(-1);
    if (last !== undefined && token.flag !== "" && last.flag !== "" && sameCharacters(token, last)) {
      last.flag = token.flag === "+" || last.flag === "+" ? "+" : "*";
    } else {
      result.push(token);
    }
  }
  return result;
}

function matches(a: Token, b: Token): boolean {
  if (a.characters === undefined || b.characters === undefined) return true;
  return overlap(a.characters, b.characters) > 0;
}

/** Takes off the plain tokens at both ends, but for one; undefined if they do not match. */
function trim(a: Tokens, b: Tokens): readonly [Tokens, Tokens] | undefined {
  let start = 0;
  for (; a[start]?.flag === "" && b[start]?.flag === ""; start += 1) {
    if (!matchesAt(a, start, b, start)) return undefined;
  }
  if (start > 0) start -= 1;
  let endA = a.length - 1;
  let endB = b.length - 1;
  while (endA >= start && endB >= start && a[endA]?.flag === "" && b[endB]?.flag === "") {
    if (!matchesAt(a, endA, b, endB)) return undefined;
    endA -= 1;
    endB -= 1;
  }
  if (endA < a.length - 1) {
    endA += 1;
    endB += 1;
  }
  return [a.slice(start, endA + 1), b.slice(start, endB + 1)];
}

function matchesAt(a: Tokens, i: number, b: Tokens, j: number): boolean {
  const [x, y] = [a[i], b[j]];
  return x !== undefined && y !== undefined && matches(x, y);
}

function intersect(a: Tokens, b: Tokens): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    if (a[i]?.flag !== "" || b[i]?.flag !== "") return intersectRepeated(a.slice(i), b.slice(i));
    if (!matchesAt(a, i, b, i)) return false;
  }
  return a.length === b.length;
}

function intersectRepeated(a: Tokens, b: Tokens): boolean {
  const [repeated, other] = a[0]?.flag === "" ? [b, a] : [a, b];
  return repeated[0]?.flag === "+" ? intersectPlus(repeated, other) : intersectStar(repeated, other);
}

function intersectPlus(repeated: Tokens, other: Tokens): boolean {
  if (!matchesAt(repeated, 0, other, 0)) return false;
  if (intersectStar(repeated, other.slice(1))) return true;
  return other[0]?.flag !== "" && intersect(repeated.slice(1), other);
}

function intersectStar(repeated: Tokens, other: Tokens): boolean {
  const [star, next] = repeated;
  for (let i = 0; i < other.length; i += 1) {
    const token = other[i];
    if (token === undefined || star === undefined) return false;
    if (next !== undefined && matches(token, next) && intersect(repeated.slice(1), other.slice(i))) return true;
    if (!matches(token, star)) return false;
  }
  return next === undefined;
}
