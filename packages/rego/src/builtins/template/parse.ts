import { parseJson } from "../../values/json-read.ts";
import { templateError, type TemplatePiece, templatePieces, type TemplateToken, templateTokens } from "./lex.ts";

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: Pipeline; readonly line: number }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
      readonly line: number;
    }
  | {
      readonly kind: "template";
      readonly name: string;
      readonly pipeline: Pipeline | undefined;
      readonly line: number;
    }
  | { readonly kind: "break" | "continue" };

/** Commands each of which hands its result to the next, and the variables that take the last one. */
export interface Pipeline {
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

/** An operand or function with its arguments. */
export interface Command {
  readonly operands: readonly Operand[];
}

export type Operand =
  | { readonly kind: "dot" | "nil" }
  | { readonly kind: "constant"; readonly value: string | boolean | number }
  | { readonly kind: "field"; readonly names: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly names: readonly string[] };

export interface Template {
  readonly nodes: readonly TemplateNode[];
  readonly defined: ReadonlyMap<string, readonly TemplateNode[]>;
}

export const functionNames: ReadonlySet<string> = new Set([
  "and",
  "call",
  "eq",
  "ge",
  "gt",
  "html",
  "index",
  "js",
  "le",
  "len",
  "lt",
  "ne",
  "not",
  "or",
  "print",
  "printf",
  "println",
  "slice",
  "urlquery",
]);

/** Parses the language of Go's text/template. Throws a `BuiltinError`. */
export function parseTemplate(text: string): Template {
  return new TemplateParser(templatePieces(text)).parse();
}

const maxDepth = 200;

class TemplateParser {
  readonly #pieces: readonly TemplatePiece[];
  readonly #defined = new Map<string, readonly TemplateNode[]>();
  #at = 0;
  #depth = 0;
  #rangeDepth = 0;
  #variables: string[] = ["$"];

  constructor(pieces: readonly TemplatePiece[]) {
    this.#pieces = pieces;
  }

  parse(): Template {
    const { nodes, end } = this.#nodes();
    if (end !== undefined) throw templateError(end.line, `unexpected {{${end.word}}}`);
    return { nodes, defined: this.#defined };
  }

  /** Nodes up to an `end` or `else`, which is returned. */
  #nodes(): { nodes: TemplateNode[]; end: { word: string; rest: string; line: number } | undefined } {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw templateError(1, "max expression depth exceeded");
    const nodes: TemplateNode[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at];
      if (piece === undefined) {
        this.#depth -= 1;
        return { nodes, end: undefined };
      }
      this.#at += 1;
      if (piece.kind === "text") {
        nodes.push({ kind: "text", text: piece.content });
        continue;
      }
      const word = /^[a-z]+(?![\p{L}\p{Nd}_])/u.exec(piece.content)?.[0] ?? "";
      const rest = piece.content.slice(word.length);
      if (word === "end" || word === "else") {
        this.#depth -= 1;
        const [extra] = /^(?:[\p{L}\p{Nd}_]+|.)/u.exec(rest.trim()) ?? [];
        if (word === "end" && extra !== undefined) {
          throw templateError(piece.line, `unexpected ${JSON.stringify(extra)} in end`);
        }
        return { nodes, end: { word, rest: rest.trim(), line: piece.line } };
      }
      const node = this.#action(word, rest, piece);
      if (node !== undefined) nodes.push(node);
    }
  }

  #action(word: string, rest: string, piece: TemplatePiece): TemplateNode | undefined {
    switch (word) {
      case "if":
      case "with":
      case "range":
        return this.#control(word, rest, piece.line);
      case "define":
        this.#define(rest, piece.line);
        return undefined;
      case "block":
      case "template":
        return this.#template(word, rest, piece.line);
      case "break":
      case "continue":
        if (this.#rangeDepth === 0) throw templateError(piece.line, `{{${word}}} outside {{range}}`);
        return { kind: word };
      default:
        return { kind: "action", pipeline: this.#pipeline(piece.content, piece.line, "command"), line: piece.line };
    }
  }

  #control(kind: "if" | "with" | "range", rest: string, line: number): TemplateNode {
    const scope = this.#variables.length;
    const pipeline = this.#pipeline(rest, line, kind);
    if (kind === "range") this.#rangeDepth += 1;
    const body = this.#nodes();
    if (kind === "range") this.#rangeDepth -= 1;
    let otherwise: TemplateNode[] = [];
    let { end } = body;
    if (end?.word === "else") {
      const nested = /^(if|with)(?![\p{L}\p{Nd}_])/u.exec(end.rest)?.[0];
      if (nested === kind && (nested === "if" || nested === "with")) {
        // The end of the inner one ends the outer too.
        otherwise = [this.#control(nested, end.rest.slice(nested.length), end.line)];
        this.#variables.length = scope;
        return { kind, pipeline, body: body.nodes, otherwise, line };
      }
      if (end.rest !== "") throw templateError(end.line, `unexpected ${JSON.stringify(end.rest)} in else clause`);
      const other = this.#nodes();
      otherwise = other.nodes;
      ({ end } = other);
      if (end?.word === "else") throw templateError(end.line, "expected end; found {{else}}");
    }
    if (end === undefined) throw templateError(this.#lastLine(), "unexpected EOF");
    this.#variables.length = scope;
    return { kind, pipeline, body: body.nodes, otherwise, line };
  }

  #lastLine(): number {
    return this.#pieces.at(-1)?.line ?? 1;
  }

  #define(rest: string, line: number): void {
    const name = nameLiteral(rest.trim());
    if (name === undefined) throw templateError(line, "unexpected token in define clause");
    const outer = this.#variables;
    this.#variables = ["$"];
    const { nodes, end } = this.#nodes();
    this.#variables = outer;
    if (end === undefined) throw templateError(this.#lastLine(), "unexpected EOF");
    this.#defined.set(name, nodes);
  }

  #template(word: "block" | "template", rest: string, line: number): TemplateNode {
    const quoted = /^\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/.exec(rest)?.[0] ?? "";
    const name = nameLiteral(quoted.trim());
    if (name === undefined) throw templateError(line, `unexpected token in ${word} clause`);
    const argument = rest.slice(quoted.length).trim();
    const pipeline = argument === "" ? undefined : this.#pipeline(argument, line, word);
    if (word === "block") {
      if (pipeline === undefined) throw templateError(line, "missing value for block clause");
      this.#define(quoted, line);
    }
    return { kind: "template", name, pipeline, line };
  }

  #pipeline(content: string, line: number, where: string): Pipeline {
    const reader = new PipelineReader(templateTokens(content.trim(), line), this.#variables, line, where);
    const pipeline = reader.pipeline();
    reader.expectEnd();
    return pipeline;
  }
}

function nameLiteral(text: string): string | undefined {
  if (/^`[^`]*`$/.test(text)) return text.slice(1, -1);
  return /^"(?:[^"\\]|\\.)*"$/.test(text) ? unquoted(text) : undefined;
}

/** A Go string literal; undefined for one that is none. */
function unquoted(text: string): string | undefined {
  const json = text.replaceAll(/\\([aev]|x[0-9a-fA-F]{2})/g, (_whole: string, escape: string) => {
    const codes: Readonly<Record<string, string>> = { a: "\\u0007", e: "\\u001b", v: "\\u000b" };
    return codes[escape] ?? `\\u00${escape.slice(1)}`;
  });
  try {
    const value = parseJson(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

class PipelineReader {
  readonly #tokens: readonly TemplateToken[];
  readonly #variables: string[];
  readonly #line: number;
  readonly #where: string;
  #at = 0;

  constructor(tokens: readonly TemplateToken[], variables: string[], line: number, where: string) {
    this.#tokens = tokens;
    this.#variables = variables;
    this.#line = line;
    this.#where = where;
  }

  #peek(offset = 0): TemplateToken | undefined {
    return this.#tokens[this.#at + offset];
  }

  #isMark(text: string, offset = 0): boolean {
    const token = this.#peek(offset);
    return token?.kind === "mark" && token.text === text;
  }

  #skipSpace(): void {
    while (this.#peek()?.kind === "space") this.#at += 1;
  }

  expectEnd(): void {
    this.#skipSpace();
    const token = this.#peek();
    if (token !== undefined) {
      throw templateError(this.#line, `unexpected ${JSON.stringify(token.text)} in ${this.#where}`);
    }
  }

  pipeline(): Pipeline {
    const [variables, declares] = this.#assignment();
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const command = this.#command();
      commands.push(command);
      this.#skipSpace();
      if (!this.#isMark("|")) break;
      this.#at += 1;
    }
    const [first] = commands;
    if (first === undefined || first.operands.length === 0) {
      throw templateError(this.#line, `missing value for ${this.#where}`);
    }
    for (const command of commands.slice(1)) {
      const [head] = command.operands;
      if (head === undefined) throw templateError(this.#line, `missing value for ${this.#where}`);
      if (head.kind === "constant" || head.kind === "dot" || head.kind === "nil") {
        throw templateError(this.#line, "non executable command in pipeline stage 2");
      }
    }
    if (declares) this.#variables.push(...variables);
    return { variables, declares, commands };
  }

  /** `$x :=`, `$x =` and, in a range, `$i, $x :=`. */
  #assignment(): readonly [readonly string[], boolean] {
    const start = this.#at;
    const names: string[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token?.kind !== "variable") break;
      names.push(token.text);
      this.#at += 1;
      this.#skipSpace();
      if (this.#isMark(",") && this.#where === "range" && names.length < 2) {
        this.#at += 1;
        continue;
      }
      if (this.#isMark(":=") || this.#isMark("=")) {
        const declares = this.#isMark(":=");
        this.#at += 1;
        return [names, declares];
      }
      break;
    }
    this.#at = start;
    return [[], false];
  }

  #command(): Command {
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand === undefined) return { operands };
      operands.push(operand);
      const next = this.#peek();
      if (next === undefined || next.kind === "space" || this.#isMark("|") || this.#isMark(")")) continue;
      throw templateError(this.#line, `unexpected ${JSON.stringify(next.text)} in operand`);
    }
  }

  /** Fields that follow without space. */
  #fields(): string[] {
    const names: string[] = [];
    for (let token = this.#peek(); token?.kind === "field"; token = this.#peek()) {
      names.push(token.text.slice(1));
      this.#at += 1;
    }
    return names;
  }

  #operand(): Operand | undefined {
    const token = this.#peek();
    switch (token?.kind) {
      case "field":
        return { kind: "field", names: this.#fields() };
      case "variable":
        this.#at += 1;
        if (!this.#variables.includes(token.text)) {
          throw templateError(this.#line, `undefined variable ${JSON.stringify(token.text)}`);
        }
        return { kind: "variable", name: token.text, names: this.#fields() };
      case "number":
        this.#at += 1;
        return { kind: "constant", value: Number(token.text.replaceAll("_", "")) };
      case "string": {
        this.#at += 1;
        const value = token.text.startsWith("`") ? token.text.slice(1, -1) : unquoted(token.text);
        if (value === undefined) throw templateError(this.#line, "invalid syntax");
        return { kind: "constant", value };
      }
      case "character": {
        this.#at += 1;
        const inner = token.text
          .slice(1, -1)
          .replaceAll('"', String.raw`\"`)
          .replaceAll(String.raw`\'`, "'");
        return { kind: "constant", value: unquoted(`"${inner}"`)?.codePointAt(0) ?? 0 };
      }
      case "identifier":
        return this.#identifier(token.text);
      case "mark":
        return this.#markOperand(token.text);
      case "space":
      case undefined:
        return undefined;
    }
  }

  #identifier(name: string): Operand {
    this.#at += 1;
    if (name === "true" || name === "false") return { kind: "constant", value: name === "true" };
    if (name === "nil") return { kind: "nil" };
    if (!functionNames.has(name)) throw templateError(this.#line, `function ${JSON.stringify(name)} not defined`);
    return { kind: "function", name };
  }

  #markOperand(text: string): Operand | undefined {
    if (text === ".") {
      this.#at += 1;
      return { kind: "dot" };
    }
    if (text !== "(") return undefined;
    this.#at += 1;
    const pipeline = this.pipeline();
    this.#skipSpace();
    if (!this.#isMark(")")) throw templateError(this.#line, "unclosed left paren");
    this.#at += 1;
    return { kind: "pipeline", pipeline, names: this.#fields() };
  }
}
