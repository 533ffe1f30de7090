import { quote } from "../../values/term-text.ts";
import type { Argument, ChildValue, CommentGroup, Directive, Position, Type, Value, ValueKind } from "./ast.ts";
import { GraphqlError } from "./error.ts";
import { Lexer, type Token, type TokenKind } from "./lexer.ts";

/** Documents nested deeper are refused: each level is a call. */
const MAX_DEPTH = 1000;

/** What documents of queries and of schemas have in common. The first thing wrong is thrown as a `GraphqlError`. */
export class Parser {
  readonly #lexer: Lexer;
  #peeked: Token | undefined;
  #comment: CommentGroup | undefined;
  #previous: Token;
  #depth = 0;

  constructor(text: string, source: string) {
    this.#lexer = new Lexer(text, source);
    this.#previous = { kind: "<Invalid>", value: "", position: { line: 0, column: 0, source } };
  }

  /** The comments right before the next token. */
  get comment(): CommentGroup | undefined {
    return this.#comment;
  }

  get previous(): Token {
    return this.#previous;
  }

  peek(): Token {
    if (this.#peeked === undefined) {
      const comments: string[] = [];
      let token = this.#lexer.next();
      while (token.kind === "Comment") {
        comments.push(token.value);
        token = this.#lexer.next();
      }
      if (comments.length > 0) this.#comment = comments;
      this.#peeked = token;
    }
    return this.#peeked;
  }

  next(): Token {
    const token = this.peek();
    if (token.error !== undefined) throw token.error;
    this.#peeked = undefined;
    this.#comment = undefined;
    this.#previous = token;
    return token;
  }

  get position(): Position {
    return this.peek().position;
  }

  fail(token: Token, message: string): never {
    throw new GraphqlError(message, token.position);
  }

  unexpected(token: Token = this.peek()): never {
    return this.fail(token, `Unexpected ${tokenText(token)}`);
  }

  expectKeyword(keyword: string): CommentGroup | undefined {
    const token = this.peek();
    const { comment } = this;
    if (token.kind !== "Name" || token.value !== keyword) {
      this.fail(token, `Expected ${quote(keyword)}, found ${tokenText(token)}`);
    }
    this.next();
    return comment;
  }

  expect(kind: TokenKind): Token {
    const token = this.peek();
    if (token.kind !== kind) this.fail(token, `Expected ${kind}, found ${token.kind}`);
    return this.next();
  }

  skip(kind: TokenKind): boolean {
    if (this.peek().kind !== kind) return false;
    this.next();
    return true;
  }

  isKeyword(keyword: string): boolean {
    const { kind, value } = this.peek();
    return kind === "Name" && value === keyword;
  }

  /** Any number of items between two tokens; none where the first is missing. */
  many(open: TokenKind, close: TokenKind, item: () => void): void {
    if (!this.skip(open)) return;
    while (this.peek().kind !== close) this.nested(item);
    this.next();
  }

  /** As `many`, but not none. Returns the comments before the last token. */
  some(open: TokenKind, close: TokenKind, item: () => void): CommentGroup | undefined {
    if (!this.skip(open)) return undefined;
    if (this.peek().kind === close) this.fail(this.peek(), `expected at least one definition, found ${close}`);
    while (this.peek().kind !== close) this.nested(item);
    const { comment } = this;
    this.next();
    return comment;
  }

  /** Does what goes one level deeper. */
  nested<T>(action: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.fail(this.peek(), `Document is nested deeper than ${MAX_DEPTH} levels`);
    const result = action();
    this.#depth -= 1;
    return result;
  }

  nameText(): string {
    return this.expect("Name").value;
  }

  type(): Type {
    if (this.skip("[")) {
      const { position } = this;
      const element = this.nested(() => this.type());
      this.expect("]");
      return { name: "", element, nonNull: this.skip("!"), position };
    }
    const { position } = this;
    const name = this.nameText();
    return { name, element: undefined, nonNull: this.skip("!"), position };
  }

  directives(isConstant: boolean): Directive[] {
    const directives: Directive[] = [];
    while (this.skip("@")) {
      const { position } = this;
      directives.push({ name: this.nameText(), arguments: this.arguments(isConstant), position });
    }
    return directives;
  }

  arguments(isConstant: boolean): Argument[] {
    const list: Argument[] = [];
    this.some("(", ")", () => {
      const { position } = this;
      const { comment } = this;
      const name = this.nameText();
      this.expect(":");
      list.push({ name, value: this.value(isConstant), comment, position });
    });
    return list;
  }

  variable(): string {
    this.expect("$");
    return this.nameText();
  }

  value(isConstant: boolean): Value {
    const token = this.peek();
    const { position } = token;
    const { comment } = this;
    switch (token.kind) {
      case "[":
        return { kind: "list", raw: "", children: this.#items(isConstant), comment, position };
      case "{":
        return { kind: "object", raw: "", children: this.#fields(isConstant), comment, position };
      case "$":
        if (isConstant) return this.unexpected();
        return { kind: "variable", raw: this.variable(), children: [], comment: undefined, position };
      default: {
        const kind = scalarKind(token);
        if (kind === undefined) return this.unexpected();
        this.next();
        // OPA's parser has lost the comments before a scalar or a variable by now.
        return { kind, raw: token.value, children: [], comment: undefined, position };
      }
    }
  }

  #items(isConstant: boolean): ChildValue[] {
    const items: ChildValue[] = [];
    this.many("[", "]", () => {
      items.push({ name: "", value: this.value(isConstant), comment: undefined, position: undefined });
    });
    return items;
  }

  #fields(isConstant: boolean): ChildValue[] {
    const fields: ChildValue[] = [];
    this.many("{", "}", () => {
      const { position } = this;
      const { comment } = this;
      const name = this.nameText();
      this.expect(":");
      fields.push({ name, value: this.value(isConstant), comment, position });
    });
    return fields;
  }
}

function tokenText({ kind, value }: Token): string {
  return value === "" ? kind : `${kind} ${quote(value)}`;
}

function scalarKind({ kind, value }: Token): ValueKind | undefined {
  switch (kind) {
    case "Int":
      return "int";
    case "Float":
      return "float";
    case "String":
      return "string";
    case "BlockString":
      return "block";
    case "Name":
      if (value === "null") return "null";
      return value === "true" || value === "false" ? "boolean" : "enum";
    default:
      return undefined;
  }
}
