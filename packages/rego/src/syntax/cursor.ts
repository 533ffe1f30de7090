import type { RegoVersion, Term } from "./ast.ts";
import type { RegoError } from "./error.ts";
import type { Features } from "./features.ts";
import { COMMENT_BEFORE, LINE_BEFORE, SPACE_BEFORE, type Tokens } from "./lexer.ts";
import type { Location, Source } from "./location.ts";
import { KEYWORDS, KIND_NAMES, Kind, type KeywordSet, keywordBit, keywordSet } from "./token.ts";

/** What a parser can go back to. */
export interface Mark {
  readonly index: number;
  readonly kind: Kind;
  readonly errors: number;
  readonly hints: readonly string[];
  readonly wildcards: number;
}

/** What became of a bracketed term that was parsed before, for the parses that come back to it. */
export interface Remembered {
  readonly term: Term | undefined;
  readonly index: number;
  readonly kind: Kind;
  readonly wildcards: number;
  /** How many errors there were before, and those that were added. */
  readonly errorsBefore: number;
  readonly errors: readonly RegoError[];
}

/**
 * How deep brackets, operators and bodies may nest. A level of calls or template strings costs the parser up to fifteen frames, and
 * later stages walk the tree recursively: this much takes less than half of Node's stack. OPA, whose stack grows, stops at 100,000.
 */
export const MAX_DEPTH = 500;

const BASE_KEYWORDS = keywordSet(KEYWORDS.v0);

/**
 * A place in the tokens of a source, with the keywords that hold there and the errors met so far. Parsing functions that
 * fail return undefined and leave an error; a caller that then tries another way goes back to a mark, which drops it.
 */
export class Cursor {
  readonly source: Source;
  readonly version: RegoVersion;
  readonly tokens: Tokens;
  readonly features: Features;
  /** The current token's kind: `identifier` for a word that is no keyword here. */
  kind: Kind = Kind.eof;
  errors: RegoError[] = [];
  /** Whether `not { ... }` has a body, and `not x` is an expression of its own kind. */
  notBodies = false;
  /** What v0 lacks unless imported, hinted at when it would have helped. */
  readonly hintsAtFuture: boolean;
  #index = -1;
  #keywords: KeywordSet;
  #hints: readonly string[] = [];
  #wildcards = 0;
  #depth = 0;
  #remembered = new Map<number, Remembered>();
  #failure: { readonly at: number; readonly outcome: Remembered } | undefined;

  constructor(source: Source, tokens: Tokens, version: RegoVersion, features: Features) {
    this.source = source;
    this.tokens = tokens;
    this.version = version;
    this.features = features;
    this.hintsAtFuture = version === "v0";
    this.#keywords = keywordSet(KEYWORDS[version]);
    this.notBodies = version === "v2";
    this.advance();
  }

  // The current token

  get index(): number {
    return this.#index;
  }

  get start(): number {
    return this.tokens.starts[this.#index] ?? 0;
  }

  get end(): number {
    return this.tokens.ends[this.#index] ?? 0;
  }

  get row(): number {
    return this.tokens.rows[this.#index] ?? 0;
  }

  /** The token as written. */
  get text(): string {
    return this.source.text.slice(this.start, this.end);
  }

  get spaceBefore(): boolean {
    return this.#hasFlag(SPACE_BEFORE);
  }

  get lineBefore(): boolean {
    return this.#hasFlag(LINE_BEFORE);
  }

  get commentBefore(): boolean {
    return this.#hasFlag(COMMENT_BEFORE);
  }

  #hasFlag(flag: number): boolean {
    return ((this.tokens.flags[this.#index] ?? 0) & flag) !== 0;
  }

  /** Where the token before the current one ends. */
  get lastEnd(): number {
    return this.#index > 0 ? (this.tokens.ends[this.#index - 1] ?? 0) : 0;
  }

  /** The current token's place. */
  here(): Location {
    if (this.kind === Kind.space) return this.#space();
    return this.locate(this.#index, this.start, this.end);
  }

  /** The row and column of the current token, with the text from there to the end of the last one. */
  locate(index: number, offset: number, end: number): Location {
    const { rows, cols } = this.tokens;
    return { source: this.source, row: rows[index] ?? 1, col: cols[index] ?? 0, offset, end };
  }

  /** The place where a token starts, with the text from there up to the current token. */
  since(index: number): Location {
    return this.locate(index, this.tokens.starts[index] ?? 0, this.lastEnd);
  }

  // Moving

  advance(): void {
    if (this.#index < this.tokens.kinds.length - 1) this.#index += 1;
    this.kind = Kind.eof;
    this.classify();
    if (this.kind === Kind.illegal) {
      for (const message of this.tokens.faults.get(this.#index) ?? []) this.error(this.here(), message);
    }
  }

  /** Reads the current token again after the set of keywords has changed. */
  classify(): void {
    if (this.kind === Kind.space) return;
    const kind = this.tokens.kinds[this.#index] ?? Kind.eof;
    this.kind = kind > Kind.identifier && (this.#keywords & keywordBit(kind)) === 0 ? Kind.identifier : kind;
  }

  /** The kind of the token after the current one. */
  peek(): Kind {
    const kind = this.tokens.kinds[this.#index + 1] ?? Kind.eof;
    return kind > Kind.identifier && (this.#keywords & keywordBit(kind)) === 0 ? Kind.identifier : kind;
  }

  /** The same where no white space comes between, else undefined. */
  peekAdjacent(): Kind | undefined {
    return ((this.tokens.flags[this.#index + 1] ?? 0) & SPACE_BEFORE) === 0 ? this.peek() : undefined;
  }

  mark(): Mark {
    return {
      index: this.#index,
      kind: this.kind,
      errors: this.errors.length,
      hints: this.#hints,
      wildcards: this.#wildcards,
    };
  }

  reset(mark: Mark): void {
    this.#index = mark.index;
    this.kind = mark.kind;
    this.errors.length = mark.errors;
    this.#hints = mark.hints;
    this.#wildcards = mark.wildcards;
  }

  /** Moves to a token, whatever comes between. */
  jump(index: number): void {
    this.#index = index - 1;
    this.advance();
  }

  // Keywords

  hasKeyword(kind: Kind): boolean {
    return (this.#keywords & keywordBit(kind)) !== 0;
  }

  addKeywords(words: readonly string[]): void {
    this.#keywords |= keywordSet(words);
    // `every` brings `in`.
    if (words.includes("every")) this.#keywords |= keywordBit(Kind.in);
    if (words.includes("not")) this.notBodies = true;
    this.#remembered.clear();
  }

  /** Runs a parse with all words that can be imported being keywords, or none of them. */
  withKeywords<T>(which: "all" | "none", parse: () => T): T {
    const [keywords, remembered, failure] = [this.#keywords, this.#remembered, this.#failure];
    const importable = keywordSet(["not", ...KEYWORDS.v2.slice(KEYWORDS.v0.length)]);
    this.#keywords = which === "all" ? keywords | importable : keywords & ~importable;
    this.#remembered = new Map();
    this.#failure = undefined;
    try {
      return parse();
    } finally {
      this.#keywords = keywords;
      this.#remembered = remembered;
      this.#failure = failure;
    }
  }

  /** Whether a kind is a keyword that may stand in a reference, as in `input.default`. */
  isReferableKeyword(kind: Kind): boolean {
    if (!this.features.keywordsInRefs) return false;
    return kind > Kind.identifier && (keywordBit(kind) & (this.#keywords | BASE_KEYWORDS)) !== 0;
  }

  /** Takes a keyword that starts a reference, as in `default.x`, as the name it is. Whether it was one. */
  takeReferableKeyword(): boolean {
    if (!this.isReferableKeyword(this.kind)) return false;
    const next = this.peekAdjacent();
    if (next !== Kind.dot && next !== Kind.leftBracket) return false;
    this.kind = Kind.identifier;
    return true;
  }

  // Names, depth, memory

  /** A name that no written variable has. */
  nextWildcard(): string {
    this.#wildcards += 1;
    return `$${this.#wildcards - 1}`;
  }

  /** Whether the tree may get one level deeper. Where it may, `leave` must follow. */
  enter(): boolean {
    if (this.#depth >= MAX_DEPTH) {
      this.error(this.here(), "max parsing recursion depth exceeded");
      return false;
    }
    this.#depth += 1;
    return true;
  }

  leave(levels = 1): void {
    this.#depth -= levels;
  }

  recall(index: number): Remembered | undefined {
    return this.#remembered.get(index);
  }

  /** Keeps the outcome of the parse of a term that began at a mark. */
  remember(from: Mark, term: Term | undefined): void {
    this.#remembered.set(from.index, this.#outcome(from.errors, term));
  }

  #outcome(errorsBefore: number, term: Term | undefined): Remembered {
    return {
      term,
      index: this.#index,
      kind: this.kind,
      wildcards: this.#wildcards,
      errorsBefore,
      errors: this.errors.slice(errorsBefore),
    };
  }

  /** Keeps that no term was found at a token. */
  rememberFailure(at: number, errorsBefore: number): void {
    this.#failure = { at, outcome: this.#outcome(errorsBefore, undefined) };
  }

  forgetFailureAfter(index: number): void {
    if (this.#failure !== undefined && this.#failure.at > index) this.#failure = undefined;
  }

  /** Goes to where the parse at a token ended that found no term there. Whether there was one. */
  resumeFailure(at: number): boolean {
    if (this.#failure?.at !== at) return false;
    this.resume(this.#failure.outcome);
    return true;
  }

  resume(remembered: Remembered): void {
    this.#index = remembered.index;
    this.kind = remembered.kind;
    this.#wildcards = remembered.wildcards;
    // Where they are still there nothing is to be said twice.
    const { errorsBefore, errors } = remembered;
    if (errors.length === 0) return;
    if (this.errors[errorsBefore] === errors[0]) this.errors.length = errorsBefore + errors.length;
    else this.errors.push(...errors);
  }

  /** Forgets terms: they are never come back to once a statement has been read. */
  forget(): void {
    if (this.#remembered.size > 0) this.#remembered.clear();
  }

  // Errors

  get hasHint(): boolean {
    return this.#hints.length > 0;
  }

  /** Something to add to the next error. */
  hint(text: string): void {
    this.#hints = [...this.#hints, text];
  }

  error(location: Location, message: string): void {
    const hints = this.#hints;
    this.#hints = [];
    const suffix = hints.length === 0 ? "" : ` (${hints.length === 1 ? "hint" : "hints"}: ${hints.join(", ")})`;
    this.errors.push({
      code: "rego_parse_error",
      message: `${message}${suffix}`,
      location,
      details: markLine(location),
    });
  }

  /** The current token must not stand here; `expected` says what must. */
  unexpected(expected?: string): void {
    if (this.kind === Kind.illegal) {
      this.error(this.here(), "illegal token");
      return;
    }
    const name = KIND_NAMES[this.kind] ?? "unknown";
    const noun = this.kind > Kind.identifier ? "keyword" : "token";
    this.error(this.here(), `unexpected ${name} ${noun}${expected === undefined ? "" : `: ${expected}`}`);
  }

  /** The white space before the current token must not stand there: it becomes what is at fault. */
  unexpectedSpace(expected: string): void {
    this.kind = Kind.space;
    this.unexpected(expected);
  }

  /** Where the white space before the current token starts, after any comment; a line end counts as part of the line it starts. */
  #space(): Location {
    const { text } = this.source;
    const [row, col] = [this.tokens.rows[this.#index - 1] ?? 1, this.tokens.cols[this.#index - 1] ?? 0];
    let offset = this.lastEnd;
    if (text.startsWith("#", offset)) offset = text.indexOf("\n", offset);
    const startsLine = text.startsWith("\n", offset);
    const width = offset - (this.tokens.starts[this.#index - 1] ?? 0);
    return {
      source: this.source,
      row: startsLine ? row + 1 : row,
      col: startsLine ? 0 : col + width,
      offset,
      end: offset + 1,
    };
  }
}

/** The line of a place, without the tabs that indent it, and a caret under the place. */
function markLine({ source: { text }, offset }: Location): string[] {
  let at = Math.min(Math.max(offset, 0), text.length - 1);
  while (at > 0 && isSpace(text.charCodeAt(at))) at -= 1;
  let begin = at;
  while (begin > 0 && !isLineEnd(text.charCodeAt(begin))) begin -= 1;
  if (isLineEnd(text.charCodeAt(begin))) begin += 1;
  let end = at;
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end += 1;
  const line = text.slice(Math.min(begin, end), end);
  const trimmed = line.replace(/^\t+/, "");
  const indent = Math.max(byteLength(text.slice(begin, at)) - (line.length - trimmed.length), 0);
  return [trimmed, `${" ".repeat(indent)}^`];
}

function byteLength(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}
