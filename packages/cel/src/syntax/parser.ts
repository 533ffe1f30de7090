/**
 * Text to tree: the grammar of the CEL specification with optional syntax (`a.?b`, `[?a]`), macros expanded on the way.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
 */
import { Uint, type Value } from "../values/value.ts";
import { checkedInt, checkedUint } from "../values/arithmetic.ts";
import { parseDouble } from "../values/conversion.ts";
import { OPERATORS, type Expr, type MapEntry, type StructField } from "./ast.ts";
import { tokenize, type Token } from "./lexer.ts";
import { expandMacro, type Macros, type MacroBuilder } from "./macro.ts";
import { Source, type Issue } from "./source.ts";
import { unescapeBytes, unescapeString } from "./unescape.ts";

export interface Parsed {
  readonly source: Source;
  /** Only whole where there are no issues. */
  readonly expr: Expr;
  /** Where each node stands: a code point's offset by the node's id. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly issues: readonly Issue[];
}

/** How deep expressions may nest. */
const MAX_DEPTH = 250;
const MAX_CODE_POINTS = 100_000;

export function parse(text: string, macros: Macros): Parsed {
  const source = new Source(text);
  if (source.codePoints.length > MAX_CODE_POINTS) {
    const message = `expression code point size exceeds limit: size: ${source.codePoints.length}, limit ${MAX_CODE_POINTS}`;
    return { source, expr: { kind: "missing", id: 1 }, offsets: new Map(), issues: [{ message, line: -1, column: 0 }] };
  }
  return new Parser(source, macros).parse();
}

/** Ends parsing; what is wrong has been reported. */
class SyntaxStop extends Error {}

/** What may stand where an expression begins, and what else there may: `]`, `}`, `)`, `,`, `?`. */
function startOf(...others: readonly string[]): string {
  const allowed = (symbol: string): string => (others.includes(symbol) ? `'${symbol}', ` : "");
  const brackets = `'[', ${allowed("]")}'{', ${allowed("}")}'(', ${allowed(")")}'.', ${allowed(",")}'-', '!', ${allowed("?")}`;
  return `{${brackets}'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`;
}

const RESERVED = new Set(
  "as break const continue else false for function if import in let loop package namespace null return true var void while".split(
    " ",
  ),
);
const KEYWORDS = new Set(["in", "true", "false", "null"]);

/** What may follow an expression in brackets. */
const FOLLOWS = /^(?:<EOF>|[)\]}?:+*/%<>-]|==|!=|<=|>=|&&|\|\||in)$/;

const RELATIONS: Readonly<Record<string, string>> = {
  "<": OPERATORS.less,
  "<=": OPERATORS.lessEquals,
  ">": OPERATORS.greater,
  ">=": OPERATORS.greaterEquals,
  "==": OPERATORS.equals,
  "!=": OPERATORS.notEquals,
  in: OPERATORS.in,
};
const SUMS: Readonly<Record<string, string>> = { "+": OPERATORS.add, "-": OPERATORS.subtract };
const PRODUCTS: Readonly<Record<string, string>> = {
  "*": OPERATORS.multiply,
  "/": OPERATORS.divide,
  "%": OPERATORS.modulo,
};

class Parser implements MacroBuilder {
  readonly #source: Source;
  readonly #macros: Macros;
  readonly #tokens: readonly Token[];
  readonly #issues: Issue[] = [];
  readonly #offsets = new Map<number, number>();
  /** How deep the operators and selections below a node nest. */
  readonly #depths = new Map<number, number>();
  #at = 0;
  #nesting = 0;
  #nextId = 1;

  constructor(source: Source, macros: Macros) {
    this.#source = source;
    this.#macros = macros;
    const { tokens, errors } = tokenize(source);
    this.#tokens = tokens;
    for (const { text, offset } of errors) this.#report(`Syntax error: token recognition error at: '${text}'`, offset);
  }

  parse(): Parsed {
    let expr: Expr = { kind: "missing", id: this.#nextId++ };
    try {
      expr = this.#expression();
      if (this.#peek().type !== "end") this.#unexpected("<EOF>", (token) => token.type === "end");
    } catch (error) {
      if (!(error instanceof SyntaxStop)) throw error;
    }
    return { source: this.#source, expr, offsets: this.#offsets, issues: this.#issues };
  }

  // What macros build with: their nodes stand where the macro's call stands.
  node<E extends Omit<Expr, "id">>(node: E, offset: number): E & { readonly id: number } {
    return { ...node, id: this.#id(offset) };
  }

  offsetOf(expr: Expr): number {
    return this.#offsets.get(expr.id) ?? 0;
  }

  #id(offset: number): number {
    const id = this.#nextId++;
    this.#offsets.set(id, offset);
    return id;
  }

  #report(message: string, offset: number): void {
    this.#issues.push({ message, ...this.#source.position(offset) });
  }

  #peek(ahead = 0): Token {
    return (
      this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] ?? { type: "end", text: "<EOF>", offset: 0 }
    );
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return (token.type === "symbol" || (token.type === "ident" && KEYWORDS.has(text))) && token.text === text;
  }

  /** Reports what stands here instead of `expecting`; goes on behind it where the token after it is wanted. */
  #unexpected(expecting: string, wanted: (token: Token) => boolean): void {
    const token = this.#peek();
    if (token.type !== "end" && wanted(this.#peek(1))) {
      this.#report(`Syntax error: extraneous input '${token.text}' expecting ${expecting}`, token.offset);
      this.#at++;
      return;
    }
    this.#report(`Syntax error: mismatched input '${token.text}' expecting ${expecting}`, token.offset);
    throw new SyntaxStop();
  }

  #expect(text: string): Token {
    if (this.#is(text)) return this.#next();
    const token = this.#peek();
    const isWanted = ({ type, text: found }: Token): boolean => type === "symbol" && found === text;
    const isMissing = text === ":" ? startsExpression(token) : FOLLOWS.test(token.text);
    if (isMissing && !isWanted(this.#peek(1))) {
      this.#report(`Syntax error: missing '${text}' at '${token.text}'`, token.offset);
      throw new SyntaxStop();
    }
    this.#unexpected(`'${text}'`, isWanted);
    return this.#next();
  }

  #expression(): Expr {
    this.#nesting++;
    if (this.#nesting > MAX_DEPTH) this.#tooDeep(`expression recursion limit exceeded: ${MAX_DEPTH}`);
    const condition = this.#logical("||", OPERATORS.or, () =>
      this.#logical("&&", OPERATORS.and, () => this.#binary(RELATIONS, () => this.#sum())),
    );
    if (!this.#is("?")) {
      this.#nesting--;
      return condition;
    }
    const operator = this.#next();
    const whenTrue = this.#logical("||", OPERATORS.or, () =>
      this.#logical("&&", OPERATORS.and, () => this.#binary(RELATIONS, () => this.#sum())),
    );
    this.#expect(":");
    const whenFalse = this.#expression();
    this.#nesting--;
    return this.#deeper(this.#call(operator.offset, OPERATORS.conditional, [condition, whenTrue, whenFalse]));
  }

  #tooDeep(message: string): never {
    this.#issues.push({ message, line: -1, column: 0 });
    throw new SyntaxStop();
  }

  /** Chains of && and || become balanced trees, as CEL's own parser builds them. */
  #logical(symbol: string, operator: string, operand: () => Expr): Expr {
    const terms = [operand()];
    const ids: number[] = [];
    while (this.#is(symbol)) {
      const { offset } = this.#next();
      terms.push(operand());
      ids.push(this.#id(offset));
    }
    const balanced = (low: number, high: number): Expr => {
      const middle = Math.trunc((low + high + 1) / 2);
      const left = middle === low ? terms[middle] : balanced(low, middle - 1);
      const right = middle === high ? terms[middle + 1] : balanced(middle + 1, high);
      if (left === undefined || right === undefined) throw new SyntaxStop();
      return this.#counted(
        { kind: "call", id: ids[middle] ?? 0, function: operator, target: undefined, args: [left, right] },
        0,
      );
    };
    const [first] = terms;
    if (first === undefined) throw new SyntaxStop();
    return ids.length === 0 ? first : balanced(0, ids.length - 1);
  }

  #sum(): Expr {
    return this.#binary(SUMS, () => this.#binary(PRODUCTS, () => this.#unary()));
  }

  #binary(operators: Readonly<Record<string, string>>, operand: () => Expr): Expr {
    let left = operand();
    for (;;) {
      const token = this.#peek();
      const name = Object.hasOwn(operators, token.text) ? operators[token.text] : undefined;
      if (name === undefined || (token.type !== "symbol" && token.type !== "ident")) return left;
      this.#at++;
      left = this.#deeper(this.#call(token.offset, name, [left, operand()]));
    }
  }

  #unary(): Expr {
    const token = this.#peek();
    if (this.#is("!")) return this.#prefixed("!", OPERATORS.not);
    if (!this.#is("-")) return this.#member();
    const { type } = this.#peek(1);
    if (type === "int" || type === "double") return this.#member();
    return token.text === "-" ? this.#prefixed("-", OPERATORS.negate) : this.#member();
  }

  #prefixed(symbol: string, operator: string): Expr {
    const { offset } = this.#peek();
    let count = 0;
    while (this.#is(symbol)) {
      this.#at++;
      count++;
    }
    if (!startsExpression(this.#peek())) this.#withoutOperand(symbol, offset);
    const operand = this.#member();
    return count % 2 === 0 ? operand : this.#counted(this.#call(offset, operator, [operand]), 0);
  }

  #withoutOperand(symbol: string, offset: number): void {
    const token = this.#peek();
    if (symbol === "!") {
      this.#report(`Syntax error: extraneous input '${token.text}' expecting ${startOf()}`, token.offset);
      throw new SyntaxStop();
    }
    const input =
      this.#source.codePoints.slice(offset, token.offset).join("") + (token.type === "end" ? "" : token.text);
    this.#report(`Syntax error: no viable alternative at input '${input}'`, token.offset);
    this.#unexpected(startOf(), () => false);
  }

  #member(): Expr {
    let expr = this.#primary();
    for (;;) {
      if (this.#is(".")) expr = this.#selection(expr);
      else if (this.#is("[")) expr = this.#indexed(expr);
      else return expr;
    }
  }

  #selection(operand: Expr): Expr {
    const dot = this.#next();
    const optional = this.#is("?");
    if (optional) this.#at++;
    const name = this.#peek();
    if ((name.type !== "ident" || KEYWORDS.has(name.text)) && name.type !== "escaped") this.#badField(name, optional);
    this.#at++;
    if (name.type === "escaped") {
      this.#report("unsupported syntax: '`'", name.offset);
    }
    if (optional) {
      const field: Expr = { kind: "literal", id: this.#id(name.offset), value: name.text };
      return this.#deeper(this.#call(dot.offset, OPERATORS.optionalSelect, [operand, field]));
    }
    if (!this.#is("(")) {
      return this.#deeper(this.node({ kind: "select", operand, field: name.text, testOnly: false }, dot.offset));
    }
    const open = this.#next();
    const args = this.#list(")", () => this.#expression());
    return this.#deeper(this.#callOrMacro(open.offset, name.text, operand, args));
  }

  #badField(name: Token, optional: boolean): never {
    if (optional) {
      this.#report(`Syntax error: mismatched input '${name.text}' expecting {IDENTIFIER, ESC_IDENTIFIER}`, name.offset);
      this.#report("unsupported ident kind", name.offset);
      throw new SyntaxStop();
    }
    const message =
      name.type === "ident" && name.text !== "in"
        ? `mismatched input '${name.text}' expecting IDENTIFIER`
        : `no viable alternative at input '.${name.type === "end" ? "" : name.text}'`;
    this.#report(`Syntax error: ${message}`, name.offset);
    throw new SyntaxStop();
  }

  #indexed(operand: Expr): Expr {
    const open = this.#next();
    const optional = this.#is("?");
    if (optional) this.#at++;
    else if (!startsExpression(this.#peek())) this.#unexpected(startOf("?"), startsExpression);
    const index = this.#expression();
    this.#expect("]");
    const operator = optional ? OPERATORS.optionalIndex : OPERATORS.index;
    return this.#deeper(this.#call(open.offset, operator, [operand, index]));
  }

  #primary(): Expr {
    const token = this.#peek();
    switch (token.type) {
      case "int":
      case "uint":
      case "double":
      case "string":
      case "bytes":
        return this.#literal("");
      case "ident":
        return this.#name("");
      default:
        break;
    }
    if (this.#is("-")) {
      this.#at++;
      return this.#literal("-", token.offset);
    }
    if (this.#is(".")) {
      this.#at++;
      return this.#name(".");
    }
    if (this.#is("(")) {
      this.#at++;
      const inner = this.#expression();
      this.#expect(")");
      return inner;
    }
    if (this.#is("[")) return this.#listLiteral();
    if (this.#is("{")) return this.#mapLiteral();
    this.#unexpected(startOf(), startsExpression);
    return this.#unary();
  }

  #name(prefix: string): Expr {
    const token = this.#next();
    if (token.type !== "ident") {
      const input = token.type === "end" ? prefix : `${prefix}${token.text}`;
      this.#report(`Syntax error: no viable alternative at input '${input}'`, token.offset);
      throw new SyntaxStop();
    }
    if (prefix === "" && token.text === "in") {
      this.#at--;
      this.#unexpected(startOf(), startsExpression);
      return this.#unary();
    }
    if (prefix === "" && KEYWORDS.has(token.text)) {
      const value = token.text === "null" ? null : token.text === "true";
      return { kind: "literal", id: this.#id(token.offset), value };
    }
    const struct = this.#structName(token);
    if (struct !== undefined) return this.#structLiteral(`${prefix}${struct}`);
    if (RESERVED.has(token.text)) {
      this.#report(`reserved identifier: ${token.text}`, token.offset);
      return { kind: "missing", id: this.#id(token.offset) };
    }
    if (!this.#is("(")) return this.node({ kind: "ident", name: `${prefix}${token.text}` }, token.offset);
    const open = this.#next();
    const args = this.#list(")", () => this.#expression());
    return this.#callOrMacro(open.offset, `${prefix}${token.text}`, undefined, args);
  }

  /** `a.b.C` where a brace follows: the name of a message. Leaves the position at the brace. */
  #structName(first: Token): string | undefined {
    let ahead = 0;
    let name = first.text;
    while (this.#peek(ahead).text === "." && this.#peek(ahead + 1).type === "ident") {
      name += `.${this.#peek(ahead + 1).text}`;
      ahead += 2;
    }
    const brace = this.#peek(ahead);
    if (brace.type !== "symbol" || brace.text !== "{") return undefined;
    this.#at += ahead;
    return name;
  }

  #structLiteral(typeName: string): Expr {
    const open = this.#next();
    const id = this.#id(open.offset);
    const fields = this.#list("}", (): StructField => {
      const optional = this.#is("?");
      if (optional) this.#at++;
      const name = this.#peek();
      if (name.type !== "ident" && name.type !== "escaped") {
        this.#unexpected("{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}", ({ type }) => type === "ident");
      }
      const field = this.#next();
      const colon = this.#expect(":");
      const fieldId = this.#id(colon.offset);
      return { id: fieldId, name: field.text, value: this.#expression(), optional };
    });
    return { kind: "struct", id, typeName, fields };
  }

  #listLiteral(): Expr {
    const open = this.#next();
    const id = this.#id(open.offset);
    const optionals = new Set<number>();
    let index = 0;
    const elements = this.#list("]", () => {
      if (this.#is("?")) {
        this.#at++;
        optionals.add(index);
      }
      index++;
      return this.#expression();
    });
    return { kind: "list", id, elements, optionals };
  }

  #mapLiteral(): Expr {
    const open = this.#next();
    const id = this.#id(open.offset);
    const entries = this.#list("}", (): MapEntry => {
      const optional = this.#is("?");
      if (optional) this.#at++;
      const key = this.#expression();
      const colon = this.#expect(":");
      const entryId = this.#id(colon.offset);
      return { id: entryId, key, value: this.#expression(), optional };
    });
    return { kind: "map", id, entries };
  }

  /** Items up to `close`, which is consumed; literals may end in a comma, arguments may not. */
  #list<T>(close: ")" | "]" | "}", item: () => T): T[] {
    const items: T[] = [];
    const isLiteral = close !== ")";
    if (this.#isEmptyList(close)) return items;
    for (;;) {
      items.push(item());
      if (!this.#is(",")) break;
      this.#at++;
      if (!isLiteral) continue;
      if (this.#is(close)) break;
      if (this.#is(",")) this.#unexpected(`'${close}'`, ({ text }) => text === close);
    }
    if (isLiteral && !this.#is(close)) {
      this.#unexpected(`{'${close}', ','}`, ({ text }) => text === close || text === ",");
    }
    this.#expect(close);
    return items;
  }

  #isEmptyList(close: ")" | "]" | "}"): boolean {
    const { type, text } = this.#peek();
    if (close !== ")" && text === "," && type === "symbol") {
      this.#at++;
      if (!this.#is(close)) this.#unexpected(`'${close}'`, (token) => token.text === close);
      this.#at++;
      return true;
    }
    if (type === "end" || text === ",") {
      this.#unexpected(close === ")" ? startOf(close) : startOf(close, ",", "?"), startsExpression);
    }
    if (!this.#is(close)) return false;
    this.#at++;
    return true;
  }

  #literal(sign: string, start = this.#peek().offset): Expr {
    const token = this.#next();
    const value = this.#literalValue(token, sign, start);
    const id = this.#id(start);
    return value === undefined ? { kind: "missing", id } : { kind: "literal", id, value };
  }

  #literalValue(token: Token, sign: string, start: number): Value | undefined {
    const fail = (message: string): undefined => {
      this.#report(message, start);
      return undefined;
    };
    switch (token.type) {
      case "int": {
        const amount = BigInt(token.text);
        const value = checkedInt(sign === "-" ? -amount : amount);
        return typeof value === "bigint" ? value : fail("invalid int literal");
      }
      case "uint": {
        const value = checkedUint(BigInt(token.text.slice(0, -1)));
        return value instanceof Uint ? value : fail("invalid uint literal");
      }
      case "double":
        return parseDouble(`${sign}${token.text}`) ?? fail("invalid double literal");
      case "string": {
        const text = unescapeString(token.text);
        return "value" in text ? text.value : fail(text.error);
      }
      case "bytes": {
        const bytes = unescapeBytes(token.text);
        return "value" in bytes ? bytes.value : fail(bytes.error);
      }
      case "ident":
      case "escaped":
      case "symbol":
      case "end":
        this.#at--;
        this.#unexpected(startOf(), () => false);
        return undefined;
    }
  }

  #call(offset: number, name: string, args: readonly Expr[]): Expr {
    return this.#counted({ kind: "call", id: this.#id(offset), function: name, target: undefined, args }, 0);
  }

  #callOrMacro(offset: number, name: string, target: Expr | undefined, args: readonly Expr[]): Expr {
    const expanded = expandMacro(this.#macros, this, { name, target, args, offset });
    if (expanded === undefined) {
      return this.#counted({ kind: "call", id: this.#id(offset), function: name, target, args }, 0);
    }
    if (!("message" in expanded)) return this.#counted(expanded, 0, target === undefined ? args : [target, ...args]);
    this.#report(expanded.message, expanded.offset);
    return { kind: "missing", id: this.#id(offset) };
  }

  /** Notes how deep a node nests, which is `own` more than the deepest of its operands. */
  #counted<E extends Expr>(expr: E, own: number, operands: readonly Expr[] = operandsOf(expr)): E {
    let depth = 0;
    for (const operand of operands) depth = Math.max(depth, this.#depths.get(operand.id) ?? 0);
    this.#depths.set(expr.id, depth + own);
    if (depth + own > MAX_DEPTH) this.#tooDeep("max recursion depth exceeded");
    return expr;
  }

  #deeper<E extends Expr>(expr: E): E {
    return this.#counted(expr, 1);
  }
}

function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "call":
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case "select":
      return [expr.operand];
    case "comprehension":
      return [expr.range];
    case "literal":
    case "ident":
    case "list":
    case "map":
    case "struct":
    case "missing":
      return [];
  }
}

function startsExpression(token: Token): boolean {
  if (token.type === "symbol") return ["[", "{", "(", ".", "-", "!"].includes(token.text);
  return token.type !== "end" && token.type !== "escaped" && token.text !== "in";
}
