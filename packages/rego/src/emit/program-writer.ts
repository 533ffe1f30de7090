import type { Builtin } from "../builtins/builtin.ts";
import { isDocument, type PlannedDocument, type PlannedNode } from "../plan/documents.ts";
import type { Expr, RefTerm, Rule, Term, VarTerm } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { compositeKey } from "../values/key.ts";
import type { Value } from "../values/value.ts";
import { constantOf } from "../plan/constants.ts";
import { ConstantTable } from "./constants.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { writeKeyed } from "./collected.ts";
import { type DocumentCode, writeDocumentFunctions } from "./rules.ts";
import { NameSource } from "./scope.ts";
import type { ObservedEvent } from "../runtime/observer.ts";

/** What `with` modifiers anywhere in a program replace. */
export interface Modified {
  /** Builtins and functions by name. */
  readonly functions: ReadonlySet<string>;
  /** Paths under `data`. */
  readonly documents: readonly (readonly Value[])[];
}

/** Writes a program: the functions of the documents that a query reaches, found as references to them are written. */
export class ProgramWriter {
  readonly documents: PlannedNode;
  readonly names: NameSource = new NameSource();
  readonly constants: ConstantTable = new ConstantTable();
  readonly #builtins: ReadonlyMap<string, Builtin>;
  readonly #modified: Modified;
  readonly #isObserved: boolean;
  readonly #functions = new Map<PlannedDocument, Map<string, string>>();
  readonly #queue: (() => DocumentCode)[] = [];
  readonly #code: DocumentCode[] = [];
  readonly #nodes = { whole: new Map<PlannedNode, string>(), keyed: new Map<PlannedNode, string>() };
  readonly #nodeLines: string[] = [];
  readonly #bases = new Map<string, { readonly name: string; readonly line: string }>();

  constructor(documents: PlannedNode, builtins: ReadonlyMap<string, Builtin>, modified: Modified, isObserved: boolean) {
    this.documents = documents;
    this.#builtins = builtins;
    this.#modified = modified;
    this.#isObserved = isObserved;
  }

  /**
   * The name of the function that evaluates a document; with `positions`, for those who ask for certain keys, given as
   * arguments, at these positions of its paths.
   */
  documentFunction(document: PlannedDocument, positions: readonly number[] = []): string {
    const names = this.#functions.get(document) ?? new Map<string, string>();
    this.#functions.set(document, names);
    const id = positions.join(" ");
    const known = names.get(id);
    if (known !== undefined) return known;
    const name = this.names.next(document.kind === "function" ? "f" : "r");
    names.set(id, name);
    this.#queue.push(() =>
      positions.length === 0
        ? writeDocumentFunctions(this, document, name)
        : writeKeyed(this, document, positions, name),
    );
    return name;
  }

  /** The document at a constant reference; undefined if no rule defines one there. */
  documentAt({ path }: RefTerm): PlannedDocument | undefined {
    let node = this.documents;
    for (const [i, part] of path.entries()) {
      const key = constantOf(part);
      const child = key === undefined ? undefined : node.children.get(compositeKey(key))?.content;
      if (child === undefined) return undefined;
      if (isDocument(child)) return i === path.length - 1 ? child : undefined;
      node = child;
    }
    return undefined;
  }

  /** Whether no rule lies at, above or below a constant reference into `data`. */
  isBaseDocument({ path }: RefTerm): boolean {
    let node = this.documents;
    for (const part of path) {
      const key = constantOf(part);
      if (key === undefined) return false;
      const child = node.children.get(compositeKey(key))?.content;
      if (child === undefined) return true;
      if (isDocument(child)) return false;
      node = child;
    }
    return false;
  }

  /** Whether no rule can end the evaluation of a reference or, as a call's operator, of a call. */
  isHarmless(ref: RefTerm): boolean {
    return ref.head.type !== "var" || ref.head.name !== "data" || this.isBaseDocument(ref);
  }

  /** What a call's operator names. */
  targetOf(operator: RefTerm): PlannedDocument | Builtin {
    const isDocumentPath = operator.head.type === "var" && operator.head.name === "data";
    const name = dottedName(operator);
    const target =
      (isDocumentPath ? this.documentAt(operator) : undefined) ??
      (name === undefined ? undefined : this.#builtins.get(name));
    if (target === undefined) throw new Error(`no function ${name ?? "with a name that is not constant"}`);
    return target;
  }

  /** An expression for the function that a modifier puts in the place of another; undefined if the term names none. */
  functionOf(term: Term): string | undefined {
    const operator = operatorOf(term);
    if (operator === undefined) return undefined;
    const isDocumentPath = operator.head.type === "var" && operator.head.name === "data";
    const document = isDocumentPath ? this.documentAt(operator) : undefined;
    if (document !== undefined) return document.kind === "function" ? this.documentFunction(document) : undefined;
    const builtin = this.#builtins.get(dottedName(operator) ?? "");
    if (builtin === undefined) return undefined;
    const site = this.constants.nameOf({ name: builtin.name, location: term.location });
    return `(...operands) => R.callBuiltin(E, ${site}, ${this.constants.nameOf(builtin.call)}, operands)`;
  }

  isMockable(name: string): boolean {
    return this.#modified.functions.has(name);
  }

  /**
   * A call of a function that a modifier may have replaced. Where nobody takes the result, OPA does not evaluate the
   * document that stands for it, and goes on.
   */
  unlessMocked(name: string, call: string, operands: readonly string[], isTaken: boolean): string {
    if (!this.isMockable(name)) return call;
    const text = JSON.stringify(name);
    return `(K !== undefined && K.has(${text}) ? mocked(${text}, [${operands.join(", ")}], ${isTaken}) : ${call})`;
  }

  /** Whether a modifier replaces the base document at a path, part of it, or something that it is part of. */
  isReplaceable(path: readonly Value[]): boolean {
    return this.#modified.documents.some((target) => isPrefix(target, path) || isPrefix(path, target));
  }

  /** The value of a document, unless a modifier has replaced it. */
  unlessReplaced(path: readonly Value[], value: string): string {
    if (!this.#modified.documents.some((target) => isPrefix(target, path))) return value;
    const keys = this.constants.nameOf(path);
    return `(R.isReplaced(T, ${keys}) ? R.baseAt(view(), ${keys}) : ${value})`;
  }

  /** The name of a base document, which is looked up when the code is linked with the data. */
  baseName(path: readonly Value[]): string {
    const id = compositeKey(path);
    let base = this.#bases.get(id);
    if (base === undefined) {
      const name = this.names.next("b");
      base = { name, line: `const ${name} = R.findAt(D, ${this.constants.nameOf(path)});` };
      this.#bases.set(id, base);
    }
    return base.name;
  }

  /**
   * The name of a part of `data`, for walks that only the evaluation knows the keys of. `isKeyed`: whether documents in it can
   * be asked for one key.
   */
  nodeName(node: PlannedNode, isKeyed: boolean): string {
    const names = this.#nodes[isKeyed ? "keyed" : "whole"];
    let name = names.get(node);
    if (name === undefined) {
      const children = [...node.children].map(([id, { key, content }]) => {
        const text = isDocument(content) ? this.#documentLiteral(content, isKeyed) : this.nodeName(content, isKeyed);
        return `[${JSON.stringify(id)}, { key: ${this.constants.valueExpression(key)}, node: ${text} }]`;
      });
      name = this.names.next("N");
      names.set(node, name);
      const path = this.constants.nameOf(node.path);
      this.#nodeLines.push(`const ${name} = { path: ${path}, children: new Map([${children.join(", ")}]) };`);
    }
    return name;
  }

  #documentLiteral(document: PlannedDocument, isKeyed: boolean): string {
    const path = this.constants.nameOf(document.path);
    if (document.kind === "function") return `{ path: ${path}, evaluate: () => undefined, evaluateFor: undefined }`;
    const evaluate = `() => R.settled(E, ${this.documentFunction(document)})`;
    const hasKeys = isKeyed && (document.kind === "object" || document.kind === "set");
    const evaluateFor = hasKeys
      ? `(key) => R.settled(E, () => ${this.documentFunction(document, [0])}(key))`
      : undefined;
    return `{ path: ${path}, evaluate: ${evaluate}, evaluateFor: ${evaluateFor} }`;
  }

  /** Writes that something happens, where the program is observed. */
  observe(f: FunctionWriter, event: ObservedEvent, node: Expr | Rule): void {
    if (!this.#isObserved) return;
    const locals = [...f.scope.locals].map(([name, js]) => `[${JSON.stringify(name)}]: ${js}`);
    f.js.line(`E.observer?.observe("${event}", ${this.constants.nameOf(node)}, { ${locals.join(", ")} });`);
  }

  get isObserved(): boolean {
    return this.#isObserved;
  }

  /**
   * The whole text, as the body of a function of `R` (the runtime), `C` (constants), `E` (the evaluation) and `D` (base
   * documents). `query` is the text of a function called `run` of no parameters, written by this writer.
   */
  finish(query: string): string {
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      this.#code.push(next());
    }
    const memos = this.#code.flatMap(({ memos: names }) => names);
    const failed = this.#code.flatMap(({ failed: names }) => names);
    const state = ["input", "T", "K", ...memos, ...failed];
    return [
      '"use strict";',
      ...this.constants.declarations(),
      ...[...this.#bases.values()].map(({ line }) => line),
      "const U = R.unset;",
      "let input, T, K;",
      ...[...memos, ...failed].map((name) => `let ${name} = U;`),
      "function view() { return { base: D, replacements: T }; }",
      `function save() { return [${state.join(", ")}]; }`,
      `function restore(saved) { ${state.map((name, i) => `${name} = saved[${i}];`).join(" ")} }`,
      `function forget() { ${memos.map((name) => `${name} = `).join("")}U; }`,
      `function reset() { forget(); ${failed.map((name) => `${name} = `).join("")}U; }`,
      "function mocked(name, operands, isTaken) {",
      "const mock = K.get(name);",
      "if ('value' in mock) return mock.value;",
      "if ('evaluate' in mock) return isTaken ? mock.evaluate() : true;",
      "const mocks = K;",
      "K = undefined;",
      "try { return mock.call(...operands); } finally { K = mocks; }",
      "}",
      ...this.#code.map(({ text }) => text),
      ...this.#code.flatMap(({ tables }) => tables),
      ...this.#nodeLines,
      query,
      "return (value) => { input = value; T = undefined; K = undefined; reset(); return run(); };",
    ].join("\n");
  }
}

function isPrefix(prefix: readonly Value[], path: readonly Value[]): boolean {
  return prefix.length <= path.length && prefix.every((key, i) => compositeKey(key) === compositeKey(path[i] ?? null));
}

/** A term as the name of a function. */
function operatorOf(term: Term | VarTerm): RefTerm | undefined {
  if (term.type === "ref") return term;
  return term.type === "var" ? { type: "ref", head: term, path: [], location: term.location } : undefined;
}
