import { BuiltinError } from "../errors.ts";

/** A place in YAML text, counted from 0. Characters beyond 16 bits are one each. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** Who found that text is no YAML: it tells how lines in messages are counted. */
type Finder = "scanner" | "parser";

/**
 * What is wrong with YAML text, as go-yaml says it. The line named is that of what was being read, else that where it went wrong;
 * the scanner counts from 1, the parser from 0, and neither names line 0.
 */
export function yamlError(problem: string, finder: Finder, context: Mark | undefined, at: Mark): BuiltinError {
  const line = context !== undefined && context.line !== 0 ? context.line : at.line;
  const shown = line === 0 ? 0 : line + (finder === "scanner" ? 1 : 0);
  return new BuiltinError(`yaml: ${shown === 0 ? "" : `line ${shown}: `}${problem}`);
}

/** Bytes that go-yaml reads at once. A character that it does not take stops it when it reads the bytes around it. */
const CHUNK = 512;

const REFUSED = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const NEXT_LINE = 0x85;
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;
const BYTE_ORDER_MARK = 0xfeff;

export function isBlankCode(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isBreakCode(code: number): boolean {
  return (
    code === NEWLINE || code === RETURN || code === NEXT_LINE || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR
  );
}

/** YAML text and how far it has been read. Past its end all characters are code 0, which no text holds. */
export class Source {
  readonly #text: string;
  /** From here on nothing can be read. */
  readonly #limit: number;
  #position = 0;
  #index = 0;
  line = 0;
  column = 0;

  constructor(text: string) {
    this.#text = text.toWellFormed();
    const refused = REFUSED.exec(this.#text);
    this.#limit = refused === null ? Number.POSITIVE_INFINITY : chunkStart(this.#text, refused.index);
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) this.#position = 1;
  }

  get mark(): Mark {
    return { index: this.#index, line: this.line, column: this.column };
  }

  get index(): number {
    return this.#index;
  }

  /** The code of the character `ahead` of the next one. */
  code(ahead = 0): number {
    const position = this.#position + ahead;
    if (position >= this.#limit) throw new BuiltinError("yaml: control characters are not allowed");
    return position < this.#text.length ? this.#text.charCodeAt(position) : 0;
  }

  /** Whether the next character, or that `ahead` of it, is the one given. */
  is(character: string, ahead = 0): boolean {
    return this.code(ahead) === character.charCodeAt(0);
  }

  /** Whether the next character is one of those given. */
  isOneOf(characters: string): boolean {
    return !this.isEnd() && characters.includes(String.fromCharCode(this.code()));
  }

  isEnd(): boolean {
    return this.code() === 0;
  }

  isBlank(ahead = 0): boolean {
    return isBlankCode(this.code(ahead));
  }

  isBreak(ahead = 0): boolean {
    return isBreakCode(this.code(ahead));
  }

  isBreakOrEnd(ahead = 0): boolean {
    const code = this.code(ahead);
    return code === 0 || isBreakCode(code);
  }

  isBlankBreakOrEnd(ahead = 0): boolean {
    const code = this.code(ahead);
    return code === 0 || isBlankCode(code) || isBreakCode(code);
  }

  isDigit(): boolean {
    const code = this.code();
    return code >= 0x30 && code <= 0x39;
  }

  isHexDigit(ahead: number): boolean {
    const code = this.code(ahead);
    return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
  }

  /** A letter, digit, `_` or `-`. */
  isNameCharacter(): boolean {
    const code = this.code();
    return (
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39) ||
      code === 0x5f ||
      code === 0x2d
    );
  }

  isByteOrderMark(): boolean {
    return this.code() === BYTE_ORDER_MARK;
  }

  /** Whether `---` or `...` stands alone at the start of a line. */
  isDocumentIndicator(): boolean {
    return this.column === 0 && (this.#isTriple("-") || this.#isTriple("."));
  }

  #isTriple(character: string): boolean {
    return this.is(character) && this.is(character, 1) && this.is(character, 2) && this.isBlankBreakOrEnd(3);
  }

  /** What is next, without reading it. */
  peek(length: number): string {
    return this.#text.slice(this.#position, this.#position + length);
  }

  skip(count = 1): void {
    for (let left = count; left > 0; left -= 1) {
      const code = this.code();
      this.#position += code >= 0xd800 && code <= 0xdbff ? 2 : 1;
      this.#index += 1;
      this.column += 1;
    }
  }

  /** Reads a character that is no line break. */
  read(): string {
    const start = this.#position;
    this.skip();
    return this.#text.slice(start, this.#position);
  }

  /** Reads a line break, which is a line feed unless it is one of Unicode's. */
  readBreak(): string {
    const code = this.code();
    const isPair = code === RETURN && this.code(1) === NEWLINE;
    this.#position += isPair ? 2 : 1;
    this.#index += isPair ? 2 : 1;
    this.column = 0;
    this.line += 1;
    return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR ? String.fromCharCode(code) : "\n";
  }
}

/** Where the bytes begin that go-yaml reads together with those of a character. */
function chunkStart(text: string, position: number): number {
  let start = 0;
  let bytes = 0;
  for (let at = 0; at < position;) {
    const code = text.codePointAt(at) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (bytes + size > CHUNK) {
      start = at;
      bytes = 0;
    }
    bytes += size;
    at += code < 0x1_0000 ? 1 : 2;
  }
  const code = text.codePointAt(position) ?? 0;
  return bytes + (code < 0x80 ? 1 : code < 0x800 ? 2 : 3) > CHUNK ? position : start;
}
