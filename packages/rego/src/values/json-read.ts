import { quote, termText } from "./term-text.ts";
import { type NumericValue, type MutableObject, setOwn, type Value } from "./value.ts";
import { numberFromText } from "./number.ts";
import { toUtf8, wellFormed } from "./utf8.ts";

/** Text that is no JSON. The message is the one of Go's decoder, which OPA hands on. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  /** Where in the text, in UTF-16 units. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * What JSON.parse would get wrong: digits a double loses, numbers whose text it does not keep, lone surrogates. A false
 * alarm only costs time.
 */
const beyondNative =
  /[0-9.]{16}|(?:^|[:[,\s])-?(?:[0-9]+\.[0-9]*0(?![0-9])|[0-9.]+[eE]|0\.000000)|(?:^|[:[,\s])-0(?![.0-9])|\\u[dD][89a-fA-F]/;

/**
 * Reads JSON text without losing digits. Most text is read by JSON.parse; a reader of our own takes over where that
 * would change a number, and to say in Go's words what is wrong.
 */
export function parseJson(text: string): Value {
  if (!beyondNative.test(text) && text.isWellFormed() && !isDeep(text)) {
    try {
      const value: Value = JSON.parse(text);
      return value;
    } catch {
      return read(text);
    }
  }
  return read(text);
}

/** Whether brackets may open deeper than Go reads; brackets within strings count too, which only costs time. */
function isDeep(text: string): boolean {
  if (text.length < 2 * maxDepth) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1;
    }
  }
  return false;
}

/** The reader calls itself for what is nested; a stack that ends is a depth that is exceeded. */
function read(text: string): Value {
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof RangeError) throw new JsonSyntaxError("exceeded max depth", 0);
    throw error;
  }
}

/** Whether Go's json.Valid would accept the text. */
export function isJson(text: string): boolean {
  try {
    new Reader(text, true).document();
    return true;
  } catch {
    return false;
  }
}

const maxDepth = 10_000;
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const spacePattern = /[ \t\r\n]*/y;
// oxlint-disable-next-line no-control-regex
const stringPattern = /"[^"\\\u0000-\u001f]*"/y;

class Reader {
  readonly #text: string;
  readonly #validOnly: boolean;
  #at = 0;

  constructor(text: string, validOnly = false) {
    this.#text = text;
    this.#validOnly = validOnly;
  }

  document(): Value {
    this.#space();
    if (this.#at >= this.#text.length) throw new JsonSyntaxError("EOF", this.#at);
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#trailing();
    return value;
  }

  /** OPA reads one more token after the value and says which it is. */
  #trailing(): never {
    const start = this.#at;
    const character = this.#text.charAt(start);
    let shown = character;
    if (",:]}".includes(character)) throw this.#unexpected("looking for beginning of value");
    if (character !== "{" && character !== "[") {
      const value = this.#value(0);
      shown = typeof value === "string" ? value : termText(value);
    }
    throw new JsonSyntaxError(`error: invalid character '${shown}' after top-level value`, start);
  }

  #space(): void {
    spacePattern.lastIndex = this.#at;
    spacePattern.test(this.#text);
    this.#at = spacePattern.lastIndex;
  }

  #unexpected(where: string, at: number = this.#at): JsonSyntaxError {
    if (at >= this.#text.length) return new JsonSyntaxError("unexpected EOF", at);
    // Go looks at bytes.
    const character = String.fromCharCode(toUtf8(this.#text.slice(at, at + 2))[0] ?? 0);
    return new JsonSyntaxError(`invalid character ${quoteCharacter(character)} ${where}`, at);
  }

  #value(depth: number): Value {
    if (depth > maxDepth) throw new JsonSyntaxError("exceeded max depth", this.#at);
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x22:
        return this.#string();
      case 0x7b:
        return this.#object(depth);
      case 0x5b:
        return this.#array(depth);
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #word(word: string, value: Value): Value {
    for (let i = 1; i < word.length; i += 1) {
      if (this.#text.charAt(this.#at + i) !== word.charAt(i)) {
        throw this.#unexpected(`in literal ${word} (expecting ${quoteCharacter(word.charAt(i))})`, this.#at + i);
      }
    }
    this.#at += word.length;
    return value;
  }

  #number(): NumericValue {
    const start = this.#at;
    numberPattern.lastIndex = start;
    const text = numberPattern.exec(this.#text)?.[0];
    if (text === undefined) {
      if (this.#text.charAt(start) !== "-") throw this.#unexpected("looking for beginning of value");
      throw this.#unexpected("in numeric literal", start + 1);
    }
    this.#at = start + text.length;
    const next = this.#text.charAt(this.#at);
    if (next === "." && !/[.eE]/.test(text))
      throw this.#unexpected("after decimal point in numeric literal", this.#at + 1);
    if ((next === "e" || next === "E") && !/[eE]/.test(text)) {
      const signed = /[+-]/.test(this.#text.charAt(this.#at + 1));
      throw this.#unexpected("in exponent of numeric literal", this.#at + (signed ? 2 : 1));
    }
    if (this.#validOnly) return 0;
    const value = numberFromText(text);
    if (value === undefined) throw new JsonSyntaxError("invalid number: number too big", start);
    return value;
  }

  #string(): string {
    stringPattern.lastIndex = this.#at;
    const simple = stringPattern.exec(this.#text)?.[0];
    if (simple !== undefined) {
      this.#at += simple.length;
      return wellFormed(simple.slice(1, -1));
    }
    const start = this.#at;
    let at = start + 1;
    for (;;) {
      const code = this.#text.charCodeAt(at);
      if (Number.isNaN(code)) throw this.#unexpected("", at);
      if (code === 0x22) break;
      if (code < 0x20) throw this.#unexpected("in string literal", at);
      at += code === 0x5c ? this.#escape(at) : 1;
    }
    this.#at = at + 1;
    const value: unknown = JSON.parse(this.#text.slice(start, at + 1));
    return typeof value === "string" ? wellFormed(value) : "";
  }

  /** The length of the escape at `at`. */
  #escape(at: number): number {
    const kind = this.#text.charAt(at + 1);
    if (kind !== "u") {
      if (kind === "" || !'"\\/bfnrt'.includes(kind)) throw this.#unexpected("in string escape code", at + 1);
      return 2;
    }
    for (let i = 2; i < 6; i += 1) {
      if (!/[0-9a-fA-F]/.test(this.#text.charAt(at + i))) {
        throw this.#unexpected("in \\u hexadecimal character escape", at + i);
      }
    }
    return 6;
  }

  #array(depth: number): Value {
    const items: Value[] = [];
    this.#at += 1;
    this.#space();
    if (this.#text.charAt(this.#at) === "]") {
      this.#at += 1;
      return items;
    }
    for (;;) {
      this.#space();
      items.push(this.#value(depth + 1));
      this.#space();
      const next = this.#text.charAt(this.#at);
      if (next !== "," && next !== "]") throw this.#unexpected("after array element");
      this.#at += 1;
      if (next === "]") return items;
    }
  }

  #object(depth: number): Value {
    const object: MutableObject = {};
    this.#at += 1;
    this.#space();
    if (this.#text.charAt(this.#at) === "}") {
      this.#at += 1;
      return object;
    }
    for (;;) {
      this.#space();
      if (this.#text.charAt(this.#at) !== '"') {
        throw this.#unexpected("looking for beginning of object key string");
      }
      const key = this.#string();
      this.#space();
      if (this.#text.charAt(this.#at) !== ":") throw this.#unexpected("after object key");
      this.#at += 1;
      this.#space();
      setOwn(object, key, this.#value(depth + 1));
      this.#space();
      const next = this.#text.charAt(this.#at);
      if (next !== "," && next !== "}") throw this.#unexpected("after object key:value pair");
      this.#at += 1;
      if (next === "}") return object;
    }
  }
}

function quoteCharacter(character: string): string {
  if (character === "'") return String.raw`'\''`;
  if (character === '"') return `'"'`;
  return `'${quote(character).slice(1, -1)}'`;
}
