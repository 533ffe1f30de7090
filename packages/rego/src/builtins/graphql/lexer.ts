import { toUtf8 } from "../../values/utf8.ts";
import type { Position } from "./ast.ts";
import { GraphqlError } from "./error.ts";

/** The kinds of tokens, by what messages call them. */
export type TokenKind =
  | "<Invalid>"
  | "<EOF>"
  | "!"
  | "$"
  | "&"
  | "("
  | ")"
  | "..."
  | ":"
  | "="
  | "@"
  | "["
  | "]"
  | "{"
  | "}"
  | "|"
  | "Name"
  | "Int"
  | "Float"
  | "String"
  | "BlockString"
  | "Comment";

export interface Token {
  readonly kind: TokenKind;
  readonly value: string;
  readonly position: Position;
  /** Why the text here is no token. */
  readonly error?: GraphqlError;
}

const PUNCTUATORS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ["!", "!"],
  ["$", "$"],
  ["&", "&"],
  ["(", "("],
  [")", ")"],
  [":", ":"],
  ["=", "="],
  ["@", "@"],
  ["[", "["],
  ["]", "]"],
  ["{", "{"],
  ["}", "}"],
  ["|", "|"],
]);

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["/", "/"],
  ["\\", "\\"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Reads tokens one after another. Lines and columns count from one, columns in code points. */
export class Lexer {
  /** Code points. */
  readonly #text: readonly string[];
  readonly #source: string;
  #start = 0;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, source: string) {
    this.#text = Array.from(text);
    this.#source = source;
  }

  next(): Token {
    this.#skipSpace();
    this.#start = this.#at;
    const character = this.#text[this.#at];
    if (character === undefined) return this.#token("<EOF>", "");
    const punctuator = PUNCTUATORS.get(character);
    if (punctuator !== undefined) {
      this.#at += 1;
      return this.#token(punctuator, "");
    }
    if (character === "." && this.#text[this.#at + 1] === "." && this.#text[this.#at + 2] === ".") {
      this.#at += 3;
      return this.#token("...", "");
    }
    if (character === "#") return this.#comment();
    if (/[_A-Za-z]/.test(character)) return this.#name();
    if (/[-0-9]/.test(character)) return this.#number();
    if (character === '"') {
      return this.#text[this.#at + 1] === '"' && this.#text[this.#at + 2] === '"'
        ? this.#blockString()
        : this.#string();
    }
    return this.#unexpected(character);
  }

  #unexpected(character: string): Token {
    const code = character.charCodeAt(0);
    if (code < 0x20) return this.#invalid(`Cannot contain the invalid character "\\u${hex4(code)}"`);
    if (character === "'") {
      return this.#invalid("Unexpected single quote character ('), did you mean to use a double quote (\")?");
    }
    return this.#invalid(`Cannot parse the unexpected character "${firstByte(character)}".`);
  }

  #token(kind: TokenKind, value: string): Token {
    return { kind, value, position: this.#position(this.#start) };
  }

  #written(kind: TokenKind): Token {
    return this.#token(kind, this.#text.slice(this.#start, this.#at).join(""));
  }

  #invalid(message: string): Token {
    const position = this.#position(this.#at);
    return { kind: "<Invalid>", value: "", position, error: new GraphqlError(message, position) };
  }

  #position(at: number): Position {
    return { line: this.#line, column: at - this.#lineStart + 1, source: this.#source };
  }

  #newLine(): void {
    this.#line += 1;
    this.#lineStart = this.#at;
  }

  #skipSpace(): void {
    for (;;) {
      switch (this.#text[this.#at]) {
        case "\t":
        case " ":
        case ",":
        case "\ufeff":
          this.#at += 1;
          break;
        case "\n":
          this.#at += 1;
          this.#newLine();
          break;
        case "\r":
          this.#at += 1;
          this.#newLine();
          if (this.#text[this.#at] === "\n") this.#at += 1;
          break;
        default:
          return;
      }
    }
  }

  #skipWhile(pattern: RegExp): number {
    const from = this.#at;
    while (pattern.test(this.#text[this.#at] ?? "")) this.#at += 1;
    return this.#at - from;
  }

  #comment(): Token {
    for (let code = this.#code(); code > 0x1f || code === 9; code = this.#code()) this.#at += 1;
    return this.#written("Comment");
  }

  /** The next character's code; -1 at the end. */
  #code(): number {
    return this.#text[this.#at]?.codePointAt(0) ?? -1;
  }

  #name(): Token {
    this.#skipWhile(/[_0-9A-Za-z]/);
    return this.#written("Name");
  }

  #accept(...characters: readonly string[]): boolean {
    if (!characters.includes(this.#text[this.#at] ?? "end")) return false;
    this.#at += 1;
    return true;
  }

  #number(): Token {
    let kind: TokenKind = "Int";
    this.#accept("-");
    if (this.#accept("0")) {
      const digits = this.#skipWhile(/[0-9]/);
      this.#at -= digits;
      if (digits > 0) return this.#invalid(`Invalid number, unexpected digit after 0: ${this.#following()}.`);
    } else if (this.#skipWhile(/[0-9]/) === 0) {
      return this.#noDigit();
    }
    if (this.#accept(".")) {
      kind = "Float";
      if (this.#skipWhile(/[0-9]/) === 0) return this.#noDigit();
    }
    if (this.#accept("e", "E")) {
      kind = "Float";
      this.#accept("-", "+");
      if (this.#skipWhile(/[0-9]/) === 0) return this.#noDigit();
    }
    return this.#written(kind);
  }

  #noDigit(): Token {
    return this.#invalid(`Invalid number, expected digit but got: ${this.#following()}.`);
  }

  #following(): string {
    const character = this.#text[this.#at];
    return character === undefined ? "<EOF>" : `"${firstByte(character)}"`;
  }

  #string(): Token {
    const { line, column, source } = this.#position(this.#at);
    this.#at += 1;
    let value = "";
    for (let character = this.#text[this.#at]; character !== undefined; character = this.#text[this.#at]) {
      if (character === "\n" || character === "\r") break;
      const code = character.charCodeAt(0);
      if (code < 0x20 && character !== "\t") {
        return this.#invalid(`Invalid character within String: "\\u${hex4(code)}".`);
      }
      if (character === '"') {
        this.#at += 1;
        // The place of a string is behind its quote.
        return { kind: "String", value, position: { line, column: column + 1, source } };
      }
      if (character === "\\") {
        const escaped = this.#escape();
        if (typeof escaped !== "string") return escaped;
        value += escaped;
      } else {
        value += character;
        this.#at += 1;
      }
    }
    return this.#invalid("Unterminated string.");
  }

  /** The character that an escape stands for. */
  #escape(): string | Token {
    const escape = this.#text[this.#at + 1];
    const failed = (text: string): Token => {
      this.#at += 1;
      return this.#invalid(text);
    };
    if (escape === undefined) return failed("Invalid character escape sequence.");
    if (escape === "u") {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6).join("");
      if (this.#at + 6 >= this.#text.length) {
        return failed(`Invalid character escape sequence: \\${this.#text.slice(this.#at + 1).join("")}.`);
      }
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) return failed(`Invalid character escape sequence: \\u${digits}.`);
      this.#at += 6;
      return runeText(Number.parseInt(digits, 16));
    }
    const character = ESCAPES.get(escape);
    if (character === undefined) return failed(`Invalid character escape sequence: \\${firstByte(escape)}.`);
    this.#at += 2;
    return character;
  }

  #blockString(): Token {
    this.#start += 3;
    this.#at += 3;
    let value = "";
    for (let character = this.#text[this.#at]; character !== undefined; character = this.#text[this.#at]) {
      if (character === '"') {
        let quotes = 1;
        while (this.#text[this.#at + quotes] === '"') quotes += 1;
        if (quotes >= 3) {
          value += '"'.repeat(quotes - 3);
          const token = this.#token("BlockString", blockStringValue(value));
          this.#at += quotes;
          return token;
        }
      }
      const code = character.charCodeAt(0);
      if (code < 0x20 && character !== "\t" && character !== "\n" && character !== "\r") {
        return this.#invalid(`Invalid character within String: "\\u${hex4(code)}".`);
      }
      if (character === "\\" && this.#text.slice(this.#at + 1, this.#at + 4).join("") === '"""') {
        value += '"""';
        this.#at += 4;
      } else if (character === "\r") {
        this.#at += this.#text[this.#at + 1] === "\n" ? 2 : 1;
        value += "\n";
        this.#newLine();
      } else {
        value += character;
        this.#at += 1;
        if (character === "\n") this.#newLine();
      }
    }
    return this.#invalid("Unterminated string.");
  }
}

function hex4(code: number): string {
  return code.toString(16).padStart(4, "0");
}

/** A lone half of a surrogate pair is no character. */
function runeText(code: number): string {
  return code >= 0xd800 && code <= 0xdfff ? "\ufffd" : String.fromCharCode(code);
}

/** Messages show the first byte of a character as if it were the character. */
function firstByte(character: string): string {
  return String.fromCharCode(toUtf8(character)[0] ?? 0);
}

/** The value of a block string: without the indent that its lines have in common, and without blank lines around. */
function blockStringValue(raw: string): string {
  const lines = raw.split("\n");
  const indents = lines.map((line) => line.search(/[^ \t]/)).filter((indent) => indent >= 0);
  const common = Math.min(...indents);
  const unindented = lines.map((line, i) => (i === 0 || !Number.isFinite(common) ? line : line.slice(common)));
  const isBlank = (line: string): boolean => /^[ \t]*$/.test(line);
  const first = unindented.findIndex((line) => !isBlank(line));
  const last = unindented.findLastIndex((line) => !isBlank(line));
  return first < 0 ? "" : unindented.slice(first, last + 1).join("\n");
}
