import { Kind, kindOfWord } from "./token.ts";

/** White space or a comment comes before the token. */
export const SPACE_BEFORE = 1;
/** A line ends between the token and the one before it. */
export const LINE_BEFORE = 2;
/** A comment comes before the token. */
export const COMMENT_BEFORE = 4;

/** A source's tokens as columns of a table: one entry each for every token, of which the last is `eof`. */
export interface Tokens {
  readonly kinds: readonly Kind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly rows: readonly number[];
  readonly cols: readonly number[];
  readonly flags: readonly number[];
  /** Faults of illegal tokens, by index; a token that is illegal without one is a character that starts none. */
  readonly faults: ReadonlyMap<number, readonly string[]>;
  readonly comments: readonly CommentToken[];
}

export interface CommentToken {
  readonly start: number;
  readonly end: number;
  readonly row: number;
  readonly col: number;
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const LEFT_BRACE = 123;
const RIGHT_BRACE = 125;
const BACKSLASH = 92;
const BACKTICK = 96;
const EQUALS = 61;
const NO_BREAK_SPACE = 0xa0;

/** Characters that are illegal everywhere, and those that take two code units and so disturb columns. */
const UNUSUAL = /[\0\ufeff\ud800-\udfff]/;

const PUNCTUATION: ReadonlyMap<number, Kind> = new Map([
  [91, Kind.leftBracket],
  [93, Kind.rightBracket],
  [LEFT_BRACE, Kind.leftBrace],
  [RIGHT_BRACE, Kind.rightBrace],
  [40, Kind.leftParen],
  [41, Kind.rightParen],
  [44, Kind.comma],
  [59, Kind.semicolon],
  [DOT, Kind.dot],
  [PLUS, Kind.add],
  [MINUS, Kind.subtract],
  [42, Kind.multiply],
  [47, Kind.divide],
  [37, Kind.remainder],
  [38, Kind.intersect],
  [124, Kind.union],
]);

/** Operators that mean another thing when `=` follows: alone, then together. */
const BEFORE_EQUALS: ReadonlyMap<number, readonly [Kind, Kind]> = new Map<number, readonly [Kind, Kind]>([
  [58, [Kind.colon, Kind.assign]],
  [EQUALS, [Kind.unify, Kind.equal]],
  [60, [Kind.less, Kind.lessOrEqual]],
  [62, [Kind.greater, Kind.greaterOrEqual]],
  [33, [Kind.illegal, Kind.notEqual]],
]);

/** Cuts a text into tokens in one pass. Never fails: what is no token becomes an illegal one with its fault. */
export function tokenize(text: string): Tokens {
  return new Lexer(text).run();
}

/** A template string whose expression is being read. */
interface OpenTemplate {
  readonly raw: boolean;
  /** Braces open inside the expression. */
  depth: number;
}

class Lexer {
  readonly #text: string;
  readonly #unusual: boolean;
  readonly #kinds: Kind[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #rows: number[] = [];
  readonly #cols: number[] = [];
  readonly #flags: number[] = [];
  readonly #faults = new Map<number, string[]>();
  readonly #comments: CommentToken[] = [];
  readonly #templates: OpenTemplate[] = [];
  #at = 0;
  #row = 1;
  /** What to take from an offset to get its column, but for the 1 of the first. */
  #lineBase = 0;
  #pending = 0;
  #tokenFaults: string[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#unusual = UNUSUAL.test(text);
  }

  run(): Tokens {
    const text = this.#text;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
    while (this.#at < text.length) {
      const start = this.#at;
      const code = text.charCodeAt(start);
      if (code === SPACE || code === TAB || code === RETURN) {
        this.#pending |= SPACE_BEFORE;
        this.#at += 1;
        if (this.#unusual) this.#faultOfSpace(start);
      } else if (code === NEWLINE) {
        this.#pending |= SPACE_BEFORE | LINE_BEFORE;
        const { row, col } = this.#place(start);
        this.#at += 1;
        this.#newLine(this.#at);
        if (this.#unusual) this.#faultOfSpace(start, row, col);
      } else if (code === HASH) {
        this.#comment();
      } else {
        this.#token(code);
      }
    }
    this.#end();
    return {
      kinds: this.#kinds,
      starts: this.#starts,
      ends: this.#ends,
      rows: this.#rows,
      cols: this.#cols,
      flags: this.#flags,
      faults: this.#faults,
      comments: this.#comments,
    };
  }

  #place(offset: number): { row: number; col: number } {
    return { row: this.#row, col: offset - this.#lineBase + 1 };
  }

  #newLine(offset: number): void {
    this.#row += 1;
    this.#lineBase = offset;
  }

  /** At the end OPA's place is that of the last character, or before the first one of the line after it. */
  #end(): void {
    const length = this.#text.length;
    const col = length - this.#lineBase;
    this.#push(Kind.eof, length, length, this.#row, col);
  }

  #push(kind: Kind, start: number, end: number, row: number, col: number): void {
    if (this.#tokenFaults.length > 0) {
      this.#faults.set(this.#kinds.length, this.#tokenFaults);
      this.#tokenFaults = [];
      kind = Kind.illegal;
    }
    this.#kinds.push(kind);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#rows.push(row);
    this.#cols.push(col);
    this.#flags.push(this.#pending);
    this.#pending = 0;
  }

  #fault(message: string): void {
    this.#tokenFaults.push(message);
  }

  #token(code: number): void {
    const start = this.#at;
    const { row, col } = this.#place(start);
    const kind = isLetter(code) ? this.#word() : isDigit(code) ? this.#number() : this.#symbol(code);
    if (this.#unusual) this.#inspect(start, this.#at);
    this.#push(kind, start, this.#at, row, col);
    if (kind === Kind.rightBrace) this.#resumeTemplate();
  }

  #word(): Kind {
    const text = this.#text;
    const start = this.#at;
    let at = start + 1;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (!isLetter(code) && !isDigit(code) && !(code >= 128 && /\p{Nd}/u.test(text.charAt(at)))) break;
    }
    this.#at = at;
    const length = at - start;
    // The longest keyword is `contains`, the shortest `as`; all start with a small letter.
    if (length < 2 || length > 8 || text.charCodeAt(start) < 97) return Kind.identifier;
    return kindOfWord(text.slice(start, at));
  }

  #number(): Kind {
    const text = this.#text;
    this.#skipDigits();
    if (text.charCodeAt(this.#at) === DOT) {
      this.#at += 1;
      if (!this.#skipDigits()) this.#fault("expected fraction");
    }
    const mark = text.charCodeAt(this.#at);
    if (mark === 101 || mark === 69) {
      this.#at += 1;
      const sign = text.charCodeAt(this.#at);
      if (sign === PLUS || sign === MINUS) this.#at += 1;
      if (!this.#skipDigits()) this.#fault("expected exponent");
    }
    // `0a2b` is one wrong number rather than a number and a name.
    if (isLetter(text.charCodeAt(this.#at))) {
      this.#fault("illegal number format");
      while (isLetter(text.charCodeAt(this.#at)) || isDigit(text.charCodeAt(this.#at))) this.#at += 1;
    }
    return Kind.number;
  }

  #skipDigits(): boolean {
    const start = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#at > start;
  }

  #symbol(code: number): Kind {
    const text = this.#text;
    const next = text.charCodeAt(this.#at + 1);
    this.#at += 1;
    switch (code) {
      case QUOTE:
        return this.#string();
      case BACKTICK:
        return this.#rawString();
      case DOLLAR:
        if (next === QUOTE || next === BACKTICK) {
          this.#at += 1;
          return this.#template(next === BACKTICK);
        }
        this.#fault("illegal $ character");
        return Kind.illegal;
      case NO_BREAK_SPACE:
        this.#fault("illegal non-breaking space character, use a regular space instead");
        return Kind.illegal;
      default: {
        if (this.#unusual && (text.codePointAt(this.#at - 1) ?? 0) > 0xffff) {
          this.#at += 1;
          this.#lineBase += 1;
          return Kind.illegal;
        }
        if (code === LEFT_BRACE) {
          const open = this.#templates.at(-1);
          if (open !== undefined) open.depth += 1;
        }
        const pair = BEFORE_EQUALS.get(code);
        if (pair === undefined) return PUNCTUATION.get(code) ?? Kind.illegal;
        if (next === EQUALS) {
          this.#at += 1;
          return pair[1];
        }
        if (pair[0] === Kind.illegal) this.#fault("illegal ! character");
        return pair[0];
      }
    }
  }

  #string(): Kind {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === NEWLINE || this.#at >= text.length) {
        this.#fault("non-terminated string");
        return Kind.string;
      }
      this.#at += 1;
      if (code === QUOTE) return Kind.string;
      if (code === BACKSLASH) this.#escape(false);
    }
  }

  /** Steps over what follows a backslash; how it is decoded is the parser's business. */
  #escape(inTemplate: boolean): void {
    switch (this.#text.charCodeAt(this.#at)) {
      case BACKSLASH:
      case QUOTE:
      case 47:
      case 98:
      case 102:
      case 110:
      case 114:
      case 116:
        this.#at += 1;
        break;
      case 117:
        this.#at = Math.min(this.#at + 4, this.#text.length);
        break;
      case LEFT_BRACE:
        if (inTemplate) this.#at += 1;
        else this.#fault("illegal escape sequence");
        break;
      default:
        this.#fault("illegal escape sequence");
    }
  }

  #rawString(): Kind {
    for (;;) {
      if (this.#at >= this.#text.length) {
        this.#fault("non-terminated string");
        return Kind.rawString;
      }
      const code = this.#text.charCodeAt(this.#at);
      this.#at += 1;
      if (code === BACKTICK) return Kind.rawString;
      if (code === NEWLINE) this.#newLine(this.#at);
    }
  }

  /** The text of a template string up to an expression or its end. */
  #template(raw: boolean): Kind {
    const text = this.#text;
    const closing = raw ? BACKTICK : QUOTE;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (this.#at >= text.length || (code === NEWLINE && !raw)) {
        this.#fault("non-terminated string");
        return raw ? Kind.rawTemplateEnd : Kind.templateEnd;
      }
      this.#at += 1;
      if (code === closing) return raw ? Kind.rawTemplateEnd : Kind.templateEnd;
      if (code === LEFT_BRACE) {
        this.#templates.push({ raw, depth: 0 });
        return raw ? Kind.rawTemplatePart : Kind.templatePart;
      }
      if (code === NEWLINE) this.#newLine(this.#at);
      if (code !== BACKSLASH) continue;
      if (!raw) this.#escape(true);
      else if (text.charCodeAt(this.#at) === LEFT_BRACE) this.#at += 1;
    }
  }

  /** After the brace that ends a template string's expression its text goes on. */
  #resumeTemplate(): void {
    const open = this.#templates.at(-1);
    if (open === undefined) return;
    if (open.depth > 0) {
      open.depth -= 1;
      return;
    }
    this.#templates.pop();
    const start = this.#at;
    const here = this.#place(start);
    // A part that begins with a line end stands, to OPA, before the line after it.
    const { row, col } = this.#text.charCodeAt(start) === NEWLINE ? { row: here.row + 1, col: 0 } : here;
    const kind = this.#template(open.raw);
    if (this.#unusual) this.#inspect(start, this.#at);
    this.#push(kind, start, this.#at, row, col);
  }

  #comment(): void {
    const text = this.#text;
    const start = this.#at;
    const { row, col } = this.#place(start);
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    this.#at = end;
    this.#comments.push({ start, end, row, col });
    this.#pending |= COMMENT_BEFORE;
    if (this.#unusual) {
      this.#inspect(start, end);
      if (this.#tokenFaults.length > 0) this.#push(Kind.illegal, start, end, row, col);
    }
  }

  /** A character that is illegal everywhere is found with the token, or the white space, that it follows or is in. */
  #inspect(start: number, end: number): void {
    const text = this.#text;
    const first = (text.codePointAt(start) ?? 0) > 0xffff ? start + 2 : start + 1;
    for (let at = first; at <= end && at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0) this.#fault("illegal null character");
      else if (code === 0xfeff) this.#fault("illegal byte-order mark");
      else if (code >= 0xd800 && code <= 0xdfff) at += this.#surrogate(at, at < end);
    }
  }

  /** How many more code units the character at an offset takes. Those of a token's own text shift the columns after it. */
  #surrogate(at: number, within: boolean): number {
    const paired = (this.#text.codePointAt(at) ?? 0) > 0xffff;
    if (!paired) this.#fault("illegal utf-8 character");
    if (!paired || !within) return 0;
    if (at >= this.#lineBase) this.#lineBase += 1;
    return 1;
  }

  #faultOfSpace(start: number, row = this.#row, col = start - this.#lineBase + 1): void {
    this.#inspect(start, start + 1);
    if (this.#tokenFaults.length > 0) this.#push(Kind.illegal, start, start + 1, row, col);
  }
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
