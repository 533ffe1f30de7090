/** What a condition refers to. */
export interface Condition {
  /** Names without a dot: macros. */
  readonly macros: readonly string[];
  readonly fields: readonly string[];
  /** Bare words in lists and after list operators, which are lists where one of that name exists, and text where not. */
  readonly listWords: readonly { readonly word: string; readonly field: string; readonly alone: boolean }[];
}

export interface ConditionError {
  readonly message: string;
  /** Index into the condition. */
  readonly at: number;
}

const NAME = "[a-zA-Z]+[a-zA-Z0-9_]*";
const FIELD = new RegExp(
  `${NAME}(?:\\.${NAME})+(?:\\[(?:"(?:[^"\\\\]|\\\\[^])*"|'(?:[^'\\\\]|\\\\[^])*'|[^\\]\\["'\\s]+)\\])?`,
  "y",
);
const IDENTIFIER = new RegExp(NAME, "y");
const TRANSFORMER = /(?:tolower|toupper|b64|basename|len|join|concat|getopt)(?=\()/y;
/** A backspace is a blank to Falco. */
const BLANK = "[ \\t\\b\\r\\n]";
const BLANKS = new RegExp(`${BLANK}*`, "y");
const OR = new RegExp(`or(?=${BLANK}|\\()`, "y");
const AND = new RegExp(`and(?=${BLANK}|\\()`, "y");
const NOT = new RegExp(`not(?=${BLANK})`, "y");
const NUMBER_OPERATOR = /<=|<|>=|>/y;
const STRING_OPERATOR = new RegExp(
  `==|=|!=|(?:glob|iglob|contains|icontains|bcontains|startswith|bstartswith|endswith|regex)(?=${BLANK})`,
  "y",
);
const LIST_OPERATOR = /intersects|in|pmatch/y;
const NUMBER = /0[xX][0-9a-fA-F]+|[+-]?\d+(?:\.\d+)?(?:[eE][+-]\d+)?/y;
const BARE = /[^()"'\s=,]+/y;
const QUOTED = /"(?:[^"\\]|\\(?:[bfnrt\\/ "]|x[0-9a-fA-F]{2}))*"|'(?:[^'\\]|\\(?:[bfnrt\\/ ']|x[0-9a-fA-F]{2}))*'/y;
const MODIFIER = new RegExp(`(?:oneof|anyof|allof)${BLANK}+(?=\\(|(?!(?:and|or|not)\\b)[a-zA-Z])`, "y");
const MAX_DEPTH = 1000;

/** Parses a condition as Falco's filter grammar has it; fields and types are not looked up. */
export function parseCondition(text: string): Condition | ConditionError {
  const reader = new ConditionReader(text);
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof SyntaxProblem) return { message: error.message, at: error.at };
    throw error;
  }
}

class SyntaxProblem extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

class ConditionReader {
  readonly #text: string;
  readonly #macros: string[] = [];
  readonly #fields: string[] = [];
  readonly #listWords: { word: string; field: string; alone: boolean }[] = [];
  #at = 0;
  #depth = 0;
  #last = "";

  constructor(text: string) {
    this.#text = text;
  }

  read(): Condition {
    if (this.#text.trim() === "") this.#fail("the condition is empty");
    this.#or();
    if (this.#at < this.#text.length)
      this.#fail(`unexpected ${this.#here()} after ${JSON.stringify(this.#last)}, where "or" or "and" is expected`);
    return { macros: this.#macros, fields: this.#fields, listWords: this.#listWords };
  }

  #fail(message: string): never {
    throw new SyntaxProblem(message, this.#at);
  }

  #here(): string {
    const rest = this.#text.slice(this.#at).trim();
    return rest === "" ? "end" : JSON.stringify(/^(?:\w[\w.]*|[^])/.exec(rest)?.[0] ?? "");
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    if (match[0].trim() !== "") this.#last = match[0];
    return match[0];
  }

  #blanks(): void {
    this.#take(BLANKS);
  }

  #literal(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    this.#last = char;
    return true;
  }

  #or(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail("brackets are nested too deep");
    this.#and();
    while (this.#take(OR) !== undefined) this.#and();
    this.#depth -= 1;
  }

  #and(): void {
    this.#not();
    while (this.#take(AND) !== undefined) this.#not();
  }

  #not(): void {
    this.#blanks();
    while (this.#take(NOT) !== undefined) this.#blanks();
    if (this.#take(/not(?=\()/y) === undefined) this.#check();
    else this.#group();
    this.#blanks();
  }

  #group(): void {
    this.#literal("(");
    this.#or();
    this.#blanks();
    if (!this.#literal(")")) this.#fail(`expected ")" before ${this.#here()}`);
  }

  #check(): void {
    if (this.#text[this.#at] === "(") {
      this.#group();
      return;
    }
    if (this.#take(TRANSFORMER) !== undefined) {
      this.#transformer();
      this.#comparison("");
      return;
    }
    const field = this.#take(FIELD);
    if (field !== undefined) {
      this.#fields.push(field);
      this.#comparison(field);
      return;
    }
    const macro = this.#take(IDENTIFIER);
    if (macro === undefined || ["and", "or", "not"].includes(macro))
      this.#fail(`expected a field, a macro or "(" before ${this.#here()}`);
    this.#macros.push(macro);
  }

  #comparison(field: string): void {
    this.#blanks();
    if (this.#take(/exists/y) !== undefined) return;
    if (this.#take(NUMBER_OPERATOR) !== undefined) {
      this.#blanks();
      if (this.#right() || this.#take(NUMBER) !== undefined) return;
      this.#fail(`expected a number before ${this.#here()}`);
    }
    if (this.#take(STRING_OPERATOR) !== undefined) {
      const operatorEnd = this.#at;
      this.#blanks();
      if (this.#at > operatorEnd && this.#take(MODIFIER) !== undefined) {
        this.#list(field);
        return;
      }
      if (this.#right() || this.#take(QUOTED) !== undefined || this.#take(BARE) !== undefined) return;
      this.#fail(`expected a value before ${this.#here()}`);
    }
    if (this.#take(LIST_OPERATOR) !== undefined) {
      this.#blanks();
      if (!this.#right()) this.#list(field);
      return;
    }
    this.#fail(`expected an operator after ${JSON.stringify(this.#last)}, not ${this.#here()}`);
  }

  /** `val(field)` or a transformer on the right-hand side. */
  #right(): boolean {
    if (this.#take(/val(?=\()/y) !== undefined) {
      this.#literal("(");
      this.#blanks();
      const field = this.#take(FIELD);
      if (field === undefined) this.#fail(`expected a field before ${this.#here()}`);
      this.#fields.push(field);
      this.#blanks();
      if (!this.#literal(")")) this.#fail(`expected ")" before ${this.#here()}`);
      return true;
    }
    if (this.#take(TRANSFORMER) === undefined) return false;
    this.#transformer();
    return true;
  }

  #transformer(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail("transformers are nested too deep");
    this.#arguments();
    this.#take(/\[[^\]\s]+\]/y);
    this.#depth -= 1;
  }

  /** Bracketed: transformers, fields, values, and lists of these. */
  #arguments(inList = false): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail("lists are nested too deep");
    this.#literal("(");
    this.#blanks();
    if (inList && this.#literal(")")) {
      this.#depth -= 1;
      return;
    }
    do {
      this.#blanks();
      if (this.#take(TRANSFORMER) !== undefined) this.#transformer();
      else if (!inList && this.#text[this.#at] === "(") this.#arguments(true);
      else {
        const field = this.#take(FIELD);
        if (field !== undefined) this.#fields.push(field);
        else if (this.#take(QUOTED) === undefined && this.#take(NUMBER) === undefined)
          this.#fail(`expected a field or a value before ${this.#here()}`);
      }
      this.#blanks();
    } while (this.#literal(","));
    if (!this.#literal(")")) this.#fail(`expected ")" before ${this.#here()}`);
    this.#depth -= 1;
  }

  #list(field: string): void {
    if (!this.#literal("(")) {
      const word = this.#take(IDENTIFIER);
      if (word === undefined) this.#fail(`expected "(" or the name of a list before ${this.#here()}`);
      this.#listWords.push({ word, field, alone: true });
      return;
    }
    const words: string[] = [];
    let count = 0;
    this.#blanks();
    if (this.#literal(")")) return;
    do {
      this.#blanks();
      const bare = this.#take(QUOTED) === undefined ? this.#take(BARE) : "";
      if (bare === undefined) this.#fail(`expected a value in the list before ${this.#here()}`);
      if (bare !== "") words.push(bare);
      count += 1;
      this.#blanks();
    } while (this.#literal(","));
    if (!this.#literal(")")) this.#fail(`expected "," or ")" before ${this.#here()}`);
    for (const word of words) this.#listWords.push({ word, field, alone: count === 1 });
  }
}
