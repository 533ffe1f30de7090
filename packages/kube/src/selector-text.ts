import { labelKeyProblems, labelValueProblems } from "./label-syntax.ts";

export type RequirementOperator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | ">" | "<";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: RequirementOperator;
  readonly values: readonly string[];
}

export type ParsedLabelSelector =
  | {
      readonly kind: "selector";
      readonly requirements: readonly LabelRequirement[];
      matches(labels: Readonly<Record<string, string>>): boolean;
    }
  | { readonly kind: "error"; readonly message: string; readonly offset: number };

interface Token {
  readonly text: string;
  readonly offset: number;
  readonly symbol: boolean;
}

class SelectorError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * kubectl's `-l`: comma-separated `key=value`, `key==value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`, `key`, `!key`,
 * `key>1`, `key<1`. All must hold; the empty text matches everything. The grammar of k8s.io/apimachinery labels.Parse.
 */
export function parseLabelSelector(text: string): ParsedLabelSelector {
  try {
    const requirements = new SelectorParser(tokensOf(text)).requirements();
    return {
      kind: "selector",
      requirements,
      matches: (labels) => requirements.every((requirement) => meets(requirement, labels)),
    };
  } catch (error) {
    if (error instanceof SelectorError) return { kind: "error", message: error.message, offset: error.offset };
    throw error;
  }
}

function meets({ key, operator, values }: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "=":
    case "==":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case ">":
    case "<":
      return compares(value, operator, values[0]);
    default:
      return false;
  }
}

/** Both sides must be integers. */
function compares(value: string | undefined, operator: ">" | "<", bound: string | undefined): boolean {
  const left = integerOf(value);
  const right = integerOf(bound);
  if (left === undefined || right === undefined) return false;
  return operator === ">" ? left > right : left < right;
}

function integerOf(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[-+]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return value >= -(1n << 63n) && value < 1n << 63n ? value : undefined;
}

const SYMBOL = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(SYMBOL);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, content = ""] = match;
    tokens.push({ text: content, offset: pattern.lastIndex - content.length, symbol: /^[=!(),<>]/.test(content) });
  }
  return [...tokens, { text: "", offset: text.length, symbol: true }];
}

class SelectorParser {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  requirements(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    if (this.#peek().text === "") return requirements;
    for (;;) {
      requirements.push(this.#requirement());
      const next = this.#next();
      if (next.text === "" && next.symbol) return requirements;
      if (next.text !== ",") throw this.#unexpected(next, "',' or the end");
      const after = this.#peek();
      if (after.symbol && after.text !== "!") throw this.#unexpected(after, "a key after ','");
    }
  }

  #requirement(): LabelRequirement {
    if (this.#peek().text === "!") {
      this.#next();
      return { key: this.#key(), operator: "!", values: [] };
    }
    const key = this.#key();
    const token = this.#peek();
    if (token.symbol && (token.text === "" || token.text === ",")) return { key, operator: "exists", values: [] };
    this.#next();
    switch (token.text) {
      case "in":
      case "notin":
        return { key, operator: token.text, values: this.#list() };
      case "=":
      case "==":
      case "!=":
        return { key, operator: token.text, values: [this.#value()] };
      case ">":
      case "<": {
        const at = this.#peek();
        const value = this.#value();
        if (integerOf(value) === undefined)
          throw new SelectorError(`"${value}" must be an integer for '${token.text}'`, at.offset);
        return { key, operator: token.text, values: [value] };
      }
      default:
        throw this.#unexpected(token, "one of: in, notin, =, ==, !=, >, <");
    }
  }

  #key(): string {
    const token = this.#next();
    if (token.symbol) throw this.#unexpected(token, "a key");
    const [problem] = labelKeyProblems(token.text);
    if (problem !== undefined) throw new SelectorError(`"${token.text}" is no label key: ${problem}`, token.offset);
    return token.text;
  }

  /** May be left out: `key=` asks for the empty value. */
  #value(): string {
    const token = this.#peek();
    if (token.symbol && (token.text === "" || token.text === ",")) return "";
    if (token.symbol) throw this.#unexpected(token, "a value");
    this.#next();
    return checkedValue(token);
  }

  /**
   * Values may be left out and are then empty: `()`, `(,a)`, `(a,)`. As the API server reads them, an empty value between two
   * commas must be followed by another value.
   */
  #list(): string[] {
    const open = this.#next();
    if (open.text !== "(") throw this.#unexpected(open, "'('");
    const values = new Set<string>();
    if (this.#accept(")")) return [""];
    for (;;) {
      const token = this.#next();
      if (!token.symbol) {
        values.add(checkedValue(token));
        if (this.#accept(")")) return [...values];
        const next = this.#peek();
        if (next.text !== ",") throw this.#unexpected(next, "',' or ')'");
        continue;
      }
      if (token.text !== ",") throw this.#unexpected(token, "a value or ','");
      if (values.size === 0) values.add("");
      if (this.#accept(")")) return [...values.add("")];
      if (this.#accept(",")) values.add("");
    }
  }

  #accept(symbol: string): boolean {
    const token = this.#peek();
    if (!token.symbol || token.text !== symbol) return false;
    this.#next();
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#index] ?? { text: "", offset: 0, symbol: true };
  }

  #next(): Token {
    const token = this.#peek();
    this.#index++;
    return token;
  }

  #unexpected(token: Token, expected: string): SelectorError {
    return new SelectorError(`found '${token.text}', expected ${expected}`, token.offset);
  }
}

function checkedValue(token: Token): string {
  const [problem] = labelValueProblems(token.text);
  if (problem !== undefined) throw new SelectorError(`"${token.text}" is no label value: ${problem}`, token.offset);
  return token.text;
}
