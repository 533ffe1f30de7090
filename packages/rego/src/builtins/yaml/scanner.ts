import { scanAnchor, scanDirective, scanTag } from "./scan-names.ts";
import { scanBlockScalar, scanFlowScalar, scanPlainScalar } from "./scan-scalars.ts";
import { type Mark, Source, yamlError } from "./source.ts";
import type { Token, TokenType } from "./token.ts";

/** A place where a key may have started, which only the `:` after it tells. */
interface SimpleKey {
  possible: boolean;
  /** Whether nothing else can start there. */
  readonly required: boolean;
  /** The number of its first token. */
  readonly token: number;
  readonly mark: Mark;
}

/** A key ends on its line and within so many characters. */
const LONGEST_KEY = 1024;
const MAX_DEPTH = 10_000;
const NO_KEY: SimpleKey = { possible: false, required: false, token: -1, mark: { index: 0, line: 0, column: 0 } };

/** Splits YAML text into tokens, as far ahead of the parser as go-yaml does: what is wrong further on is then told first. */
export class Scanner {
  readonly #source: Source;
  readonly #queue: Token[] = [];
  /** How many tokens the parser has taken. */
  #taken = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #keyAllowed = true;
  /** One for the block around and one for each flow collection. */
  readonly #keys: SimpleKey[] = [{ ...NO_KEY }];
  /** The keys by their first tokens. */
  readonly #keysByToken = new Map<number, number>();

  constructor(text: string) {
    this.#source = new Source(text);
    const { mark } = this.#source;
    this.#queue.push({ type: "streamStart", start: mark, end: mark });
  }

  /** The next token, which stays. At the end of the stream there is always another `streamEnd`. */
  peek(): Token {
    for (;;) {
      const [first] = this.#queue;
      if (first !== undefined && this.#queue.length > 2) {
        const index = this.#keysByToken.get(this.#taken);
        const key = index === undefined ? undefined : this.#keys[index];
        if (key === undefined || !this.#isStillPossible(key)) return first;
      }
      this.#fetch();
    }
  }

  take(): Token {
    const token = this.peek();
    this.#queue.shift();
    this.#taken += 1;
    return token;
  }

  #fetch(): void {
    const source = this.#source;
    this.#skipToToken();
    this.#closeBlocks(source.column);
    if (source.isEnd()) this.#fetchEnd();
    else if (source.column === 0 && source.is("%")) {
      this.#closeBlocks(-1);
      this.#forgetKey();
      this.#keyAllowed = false;
      this.#queue.push(scanDirective(source));
    } else if (source.isDocumentIndicator()) this.#fetchDocumentIndicator();
    else if (source.is("[")) this.#openFlow("flowSequenceStart");
    else if (source.is("{")) this.#openFlow("flowMappingStart");
    else if (source.is("]")) this.#closeFlow("flowSequenceEnd");
    else if (source.is("}")) this.#closeFlow("flowMappingEnd");
    else if (source.is(",")) {
      this.#forgetKey();
      this.#keyAllowed = true;
      this.#pushCharacter("flowEntry");
    } else if (source.is("-") && source.isBlankBreakOrEnd(1)) this.#fetchBlockEntry();
    else if (source.is("?") && (this.#flowLevel > 0 || source.isBlankBreakOrEnd(1))) this.#fetchKey();
    else if (source.is(":") && (this.#flowLevel > 0 || source.isBlankBreakOrEnd(1))) this.#fetchValue();
    else this.#fetchContent();
  }

  #fetchContent(): void {
    const source = this.#source;
    if (source.is("*") || source.is("&")) {
      this.#saveKey();
      this.#keyAllowed = false;
      this.#queue.push(scanAnchor(source, source.is("*") ? "alias" : "anchor"));
    } else if (source.is("!")) {
      this.#saveKey();
      this.#keyAllowed = false;
      this.#queue.push(scanTag(source));
    } else if (source.isOneOf("|>") && this.#flowLevel === 0) {
      this.#forgetKey();
      this.#keyAllowed = true;
      this.#queue.push(scanBlockScalar(source, this.#indent));
    } else if (source.isOneOf("'\"")) {
      this.#saveKey();
      this.#keyAllowed = false;
      this.#queue.push(scanFlowScalar(source));
    } else if (this.#startsPlain()) {
      this.#saveKey();
      const options = { inFlow: this.#flowLevel > 0, indent: this.#indent };
      const { token, endsLine } = scanPlainScalar(source, options);
      this.#keyAllowed = endsLine;
      this.#queue.push(token);
    } else {
      throw this.#errorHere("found character that cannot start any token");
    }
  }

  #startsPlain(): boolean {
    const source = this.#source;
    if (!source.isBlankBreakOrEnd() && !source.isOneOf("-?:,[]{}#&*!|>'\"%@`")) return true;
    if (source.is("-")) return !source.isBlank(1);
    return this.#flowLevel === 0 && source.isOneOf("?:") && !source.isBlankBreakOrEnd(1);
  }

  #skipToToken(): void {
    const source = this.#source;
    for (;;) {
      if (source.column === 0 && source.isByteOrderMark()) source.skip();
      while (source.is(" ") || (source.is("\t") && (this.#flowLevel > 0 || !this.#keyAllowed))) source.skip();
      if (source.is("#")) while (!source.isBreakOrEnd()) source.skip();
      if (!source.isBreak()) return;
      source.readBreak();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #fetchEnd(): void {
    const source = this.#source;
    if (source.column !== 0) {
      source.column = 0;
      source.line += 1;
    }
    this.#closeBlocks(-1);
    this.#forgetKey();
    this.#keyAllowed = false;
    this.#queue.push({ type: "streamEnd", start: source.mark, end: source.mark });
  }

  #fetchDocumentIndicator(): void {
    const source = this.#source;
    this.#closeBlocks(-1);
    this.#forgetKey();
    this.#keyAllowed = false;
    const start = source.mark;
    const type = source.is("-") ? "documentStart" : "documentEnd";
    source.skip(3);
    this.#queue.push({ type, start, end: source.mark });
  }

  #openFlow(type: "flowSequenceStart" | "flowMappingStart"): void {
    this.#saveKey();
    const { mark } = this.#source;
    this.#keys.push({ ...NO_KEY, token: this.#taken + this.#queue.length, mark });
    this.#flowLevel += 1;
    if (this.#flowLevel > MAX_DEPTH) throw this.#errorHere(`exceeded max depth of ${MAX_DEPTH}`);
    this.#keyAllowed = true;
    this.#pushCharacter(type);
  }

  #closeFlow(type: "flowSequenceEnd" | "flowMappingEnd"): void {
    this.#forgetKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel -= 1;
      const key = this.#keys.pop();
      if (key !== undefined) this.#keysByToken.delete(key.token);
    }
    this.#keyAllowed = false;
    this.#pushCharacter(type);
  }

  #fetchBlockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) throw this.#errorHere("block sequence entries are not allowed in this context");
      this.#openBlock("blockSequenceStart", this.#source.mark);
    }
    this.#forgetKey();
    this.#keyAllowed = true;
    this.#pushCharacter("blockEntry");
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) throw this.#errorHere("mapping keys are not allowed in this context");
      this.#openBlock("blockMappingStart", this.#source.mark);
    }
    this.#forgetKey();
    this.#keyAllowed = this.#flowLevel === 0;
    this.#pushCharacter("key");
  }

  #fetchValue(): void {
    const key = this.#key();
    if (this.#isStillPossible(key)) {
      this.#queue.splice(key.token - this.#taken, 0, { type: "key", start: key.mark, end: key.mark });
      this.#openBlock("blockMappingStart", key.mark, key.token);
      key.possible = false;
      this.#keysByToken.delete(key.token);
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) throw this.#errorHere("mapping values are not allowed in this context");
        this.#openBlock("blockMappingStart", this.#source.mark);
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#pushCharacter("value");
  }

  #pushCharacter(type: Exclude<TokenType, "alias" | "anchor" | "tag" | "scalar" | `${string}Directive`>): void {
    const start = this.#source.mark;
    this.#source.skip();
    this.#queue.push({ type, start, end: this.#source.mark });
  }

  #key(): SimpleKey {
    return this.#keys.at(-1) ?? { ...NO_KEY };
  }

  /** Whether what may be a key can still be one here. */
  #isStillPossible(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line >= this.#source.line && key.mark.index + LONGEST_KEY >= this.#source.index) return true;
    if (key.required) throw this.#missingColon(key);
    key.possible = false;
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const { mark } = this.#source;
    this.#forgetKey();
    const required = this.#flowLevel === 0 && this.#indent === mark.column;
    const token = this.#taken + this.#queue.length;
    this.#keys[this.#keys.length - 1] = { possible: true, required, token, mark };
    this.#keysByToken.set(token, this.#keys.length - 1);
  }

  #forgetKey(): void {
    const key = this.#key();
    if (!key.possible) return;
    if (key.required) throw this.#missingColon(key);
    key.possible = false;
    this.#keysByToken.delete(key.token);
  }

  #missingColon({ mark }: SimpleKey): Error {
    return yamlError("could not find expected ':'", "scanner", mark, this.#source.mark);
  }

  #errorHere(problem: string): Error {
    return yamlError(problem, "scanner", this.#source.mark, this.#source.mark);
  }

  /** Starts a block collection where a column is deeper than those around; `token` is the number of the token to put it before. */
  #openBlock(type: "blockSequenceStart" | "blockMappingStart", mark: Mark, token?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= mark.column) return;
    this.#indents.push(this.#indent);
    this.#indent = mark.column;
    if (this.#indents.length > MAX_DEPTH) throw this.#errorHere(`exceeded max depth of ${MAX_DEPTH}`);
    const at = token === undefined ? this.#queue.length : token - this.#taken;
    this.#queue.splice(at, 0, { type, start: mark, end: mark });
  }

  /** Ends the block collections that are deeper than a column. */
  #closeBlocks(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      const { mark } = this.#source;
      this.#queue.push({ type: "blockEnd", start: mark, end: mark });
      this.#indent = this.#indents.pop() ?? -1;
    }
  }
}
