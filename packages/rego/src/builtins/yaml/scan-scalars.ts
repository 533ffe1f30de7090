import { type Mark, type Source, yamlError } from "./source.ts";
import type { Token } from "./token.ts";

/** `|` and `>` with their lines; `indent` is the column of the collection around. */
export function scanBlockScalar(source: Source, indent: number): Token {
  const start = source.mark;
  const isLiteral = source.is("|");
  source.skip();
  const { chomping, increment } = blockHeader(source, start);
  const block = new BlockLines(source, start, indent, increment);
  let value = "";
  let leadingBreak = "";
  let leadingBlank = false;
  let breaks = block.breaks();
  while (source.column === block.indent && !source.isEnd()) {
    const startsBlank = source.isBlank();
    if (!isLiteral && leadingBreak.startsWith("\n") && !leadingBlank && !startsBlank) {
      if (breaks === "") value += " ";
    } else {
      value += leadingBreak;
    }
    value += breaks;
    leadingBlank = startsBlank;
    while (!source.isBreakOrEnd()) value += source.read();
    leadingBreak = source.isBreak() ? source.readBreak() : "";
    breaks = block.breaks();
  }
  if (chomping !== "-") value += leadingBreak;
  if (chomping === "+") value += breaks;
  return { type: "scalar", style: isLiteral ? "literal" : "folded", value, start, end: block.end };
}

function blockHeader(source: Source, start: Mark): { readonly chomping: string; readonly increment: number } {
  let chomping = "";
  let increment = 0;
  const readIncrement = (): void => {
    if (!source.isDigit()) return;
    if (source.is("0")) {
      throw yamlError("found an indentation indicator equal to 0", "scanner", start, source.mark);
    }
    increment = Number(source.read());
  };
  if (source.isOneOf("+-")) {
    chomping = source.read();
    readIncrement();
  } else {
    readIncrement();
    if (increment > 0 && source.isOneOf("+-")) chomping = source.read();
  }
  while (source.isBlank()) source.skip();
  if (source.is("#")) while (!source.isBreakOrEnd()) source.skip();
  if (!source.isBreakOrEnd()) {
    throw yamlError("did not find expected comment or line break", "scanner", start, source.mark);
  }
  if (source.isBreak()) source.readBreak();
  return { chomping, increment };
}

/** The indentation of a block's lines, which the first that is not empty tells where the header does not. */
class BlockLines {
  indent: number;
  /** Where the last of its lines ends. */
  end: Mark;
  readonly #source: Source;
  readonly #start: Mark;
  readonly #parent: number;

  constructor(source: Source, start: Mark, parent: number, increment: number) {
    this.#source = source;
    this.#start = start;
    this.#parent = parent;
    this.indent = increment === 0 ? 0 : Math.max(parent, 0) + increment;
    this.end = source.mark;
  }

  /** Reads indentation and empty lines up to a line with content; gives the breaks of the empty ones. */
  breaks(): string {
    const source = this.#source;
    this.end = source.mark;
    let breaks = "";
    let deepest = 0;
    const isIndentation = (): boolean => this.indent === 0 || source.column < this.indent;
    for (;;) {
      while (isIndentation() && source.is(" ")) source.skip();
      deepest = Math.max(deepest, source.column);
      if (isIndentation() && source.is("\t")) {
        const problem = "found a tab character where an indentation space is expected";
        throw yamlError(problem, "scanner", this.#start, source.mark);
      }
      if (!source.isBreak()) break;
      breaks += source.readBreak();
      this.end = source.mark;
    }
    if (this.indent === 0) this.indent = Math.max(deepest, this.#parent + 1, 1);
    return breaks;
  }
}

/** Blanks and line breaks between the words of a scalar that may go over several lines. */
class Gap {
  #blanks = "";
  #first = "";
  #further = "";
  /** Whether there was a line break. */
  isFolded = false;

  get isEmpty(): boolean {
    return !this.isFolded && this.#blanks === "";
  }

  /** Reads a blank or a line break. */
  read(source: Source): void {
    if (source.isBlank()) {
      if (this.isFolded) source.skip();
      else this.#blanks += source.read();
    } else if (this.isFolded) {
      this.#further += source.readBreak();
    } else {
      this.#blanks = "";
      this.#first = source.readBreak();
      this.isFolded = true;
    }
  }

  /** A line break that leaves nothing: that after a backslash. */
  readEscapedBreak(source: Source): void {
    source.readBreak();
    this.isFolded = true;
  }

  /** What stands for it in the scalar; the next gap starts empty. */
  take(): string {
    let text = this.#blanks;
    if (this.isFolded) {
      text = this.#first === "\n" ? this.#further || " " : this.#first + this.#further;
    }
    this.#blanks = "";
    this.#first = "";
    this.#further = "";
    this.isFolded = false;
    return text;
  }
}

/** `'...'` and `"..."`. */
export function scanFlowScalar(source: Source): Token {
  const start = source.mark;
  const isSingle = source.is("'");
  const quote = isSingle ? "'" : '"';
  source.skip();
  let value = "";
  const gap = new Gap();
  for (;;) {
    if (source.isDocumentIndicator()) {
      throw yamlError("found unexpected document indicator", "scanner", start, source.mark);
    }
    if (source.isEnd()) throw yamlError("found unexpected end of stream", "scanner", start, source.mark);
    while (!source.isBlankBreakOrEnd()) {
      if (isSingle && source.is("'") && source.is("'", 1)) {
        value += "'";
        source.skip(2);
      } else if (source.is(quote)) {
        break;
      } else if (!isSingle && source.is("\\")) {
        if (source.isBreak(1)) {
          source.skip();
          gap.readEscapedBreak(source);
          break;
        }
        value += escapeSequence(source, start);
      } else {
        value += source.read();
      }
    }
    if (source.is(quote)) break;
    while (source.isBlank() || source.isBreak()) gap.read(source);
    value += gap.take();
  }
  source.skip();
  return { type: "scalar", style: isSingle ? "single" : "double", value, start, end: source.mark };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\u001b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\u0085"],
  ["_", "\u00a0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);

/** How many hexadecimal digits follow. */
const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

function escapeSequence(source: Source, start: Mark): string {
  const letter = source.peek(2).slice(1);
  const character = ESCAPES.get(letter);
  const length = CODE_LENGTHS.get(letter);
  if (character === undefined && length === undefined) {
    throw yamlError("found unknown escape character", "scanner", start, source.mark);
  }
  source.skip(2);
  if (length === undefined) return character ?? "";
  for (let digit = 0; digit < length; digit += 1) {
    if (!source.isHexDigit(digit)) {
      throw yamlError("did not find expected hexdecimal number", "scanner", start, source.mark);
    }
  }
  const code = Number.parseInt(source.peek(length), 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10_ffff) {
    throw yamlError("found invalid Unicode character escape code", "scanner", start, source.mark);
  }
  source.skip(length);
  return String.fromCodePoint(code);
}

/** A scalar without quotes, and whether a line break ended it, after which a key may start. */
export function scanPlainScalar(
  source: Source,
  { inFlow, indent }: { readonly inFlow: boolean; readonly indent: number },
): { readonly token: Token; readonly endsLine: boolean } {
  const { mark: start } = source;
  let end = start;
  let value = "";
  const gap = new Gap();
  while (!source.isDocumentIndicator() && !source.is("#")) {
    while (!source.isBlankBreakOrEnd()) {
      if (source.is(":") && source.isBlankBreakOrEnd(1)) break;
      if (inFlow && source.isOneOf(",?[]{}")) break;
      if (!gap.isEmpty) value += gap.take();
      value += source.read();
      end = source.mark;
    }
    if (!source.isBlank() && !source.isBreak()) break;
    while (source.isBlank() || source.isBreak()) {
      if (gap.isFolded && source.column <= indent && source.is("\t")) {
        throw yamlError("found a tab character that violates indentation", "scanner", start, source.mark);
      }
      gap.read(source);
    }
    if (!inFlow && source.column <= indent) break;
  }
  return { token: { type: "scalar", style: "plain", value, start, end }, endsLine: gap.isFolded };
}
