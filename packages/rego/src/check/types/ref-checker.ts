import type { Expr, RefTerm, Term } from "../../syntax/ast.ts";
import type { RegoError } from "../../syntax/error.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { compare } from "../../values/order.ts";
import { termText } from "../../values/term-text.ts";
import type { Value } from "../../values/value.ts";
import { isScalar } from "../nodes.ts";
import { keysOf, unifies, valuesOf } from "./algebra.ts";
import { type TypeEnv, extentOf, isRoot, selectedBy } from "./type-env.ts";
import { invalidRef, unsupportedRef } from "./type-errors.ts";
import type { TypeTree } from "./type-tree.ts";
import { ANY, STRING, type Type, isEmptyCollection, unrolled } from "./type.ts";
import { unifyWith } from "./unify-types.ts";

/** Checks that references lead somewhere, and learns the types of variables in them. */
export class RefChecker {
  readonly errors: RegoError[] = [];
  readonly #env: TypeEnv;
  /** Makes a reference what was written, for messages. */
  readonly #shown: (ref: RefTerm) => RefTerm;

  constructor(env: TypeEnv, shown: (ref: RefTerm) => RefTerm) {
    this.#env = env;
    this.#shown = shown;
  }

  /** Comprehensions are checked elsewhere. */
  expr(expr: Expr): void {
    switch (expr.type) {
      case "termExpr":
        this.#term(expr.term);
        return;
      case "callExpr":
        for (const arg of expr.args) this.#term(arg);
        return;
      case "not":
        for (const inner of expr.body) this.expr(inner);
        return;
      case "every":
        this.#term(expr.domain);
        for (const inner of expr.body) this.expr(inner);
        break;
      case "logical":
        for (const inner of expr.left) this.expr(inner);
        for (const inner of expr.right) this.expr(inner);
        break;
      case "some":
      case "someIn":
        break;
    }
    for (const { target, value } of expr.with) {
      this.#term(target);
      this.#term(value);
    }
  }

  #term(term: Term): void {
    switch (term.type) {
      case "ref":
        this.#ref(term);
        break;
      case "array":
      case "set":
        for (const item of term.items) this.#term(item);
        break;
      case "object":
        for (const { key, value } of term.entries) {
          this.#term(key);
          this.#term(value);
        }
        break;
      default:
    }
  }

  #ref(ref: RefTerm): void {
    const type = this.#env.typeOf(ref);
    if (type?.kind === "function") {
      this.errors.push(unsupportedRef(ref.head.location, this.#shown(ref), ref.path.length, type));
      return;
    }
    const error = this.#check(this.#env, this.#env.tree, ref, 0);
    if (error !== undefined) this.errors.push(error);
    this.#term(ref.head);
    for (const part of ref.path) this.#term(part);
  }

  /** Follows the parts of a reference from one through a tree. */
  #check(start: TypeEnv, root: TypeTree, ref: RefTerm, from: number): RegoError | undefined {
    let env = start;
    let node = root;
    for (let position = from; position <= ref.path.length;) {
      const part = partAt(ref, position);
      if ((position === 1 || position === 2) && part.type !== "var" && part.type !== "string") {
        const have = this.#env.typeOf(part);
        return this.#invalid(ref, { position, have, want: STRING, oneOf: childKeys(node) });
      }
      if (part.type === "var" && position > 0) {
        const keys = keysOf(extentOf(node));
        const known = this.#env.typeOfVar(part.name);
        if (known === undefined) this.#env.putVar(part.name, keys);
        else if (!unifies(keys, known)) {
          return this.#invalid(ref, { position, have: known, want: keys, oneOf: childKeys(node) });
        }
      }
      const child = node.child(part);
      if (child === undefined) {
        if (env.next !== undefined) {
          env = env.next;
          node = env.tree;
          position = 0;
          continue;
        }
        if (!isRoot(ref.head)) return this.#leaf(ANY, ref, 0);
        if (position === 0) return this.#leaf(ANY, ref, 1);
        for (const other of node.children()) this.#check(env, other, ref, position + 1);
        return undefined;
      }
      if (child.value !== undefined) return this.#leaf(child.value, ref, position + 1);
      node = child;
      position += 1;
    }
    return undefined;
  }

  /** Follows the parts of a reference from one through the type of a value. */
  #leaf(start: Type | undefined, ref: RefTerm, from: number): RegoError | undefined {
    let type = start;
    for (let position = from; position <= ref.path.length; position += 1) {
      const part = partAt(ref, position);
      if (isEmptyCollection(type)) return this.#inEmpty(type, ref, position, part);
      const keys = keysOf(type);
      if (keys === undefined) {
        return unsupportedRef(ref.head.location, this.#shown(ref), position - 1, type);
      }
      switch (part.type) {
        case "var": {
          const known = this.#env.typeOfVar(part.name);
          if (known === undefined) this.#env.putVar(part.name, keys);
          else if (!unifies(known, keys)) {
            return this.#invalid(ref, { position, have: known, want: keys, oneOf: keyTexts(type) });
          }
          type = valuesOf(type);
          break;
        }
        case "ref": {
          const known = this.#env.typeOf(part);
          if (known !== undefined && !unifies(known, keys)) {
            return this.#invalid(ref, { position, have: known, want: keys, oneOf: keyTexts(type) });
          }
          type = valuesOf(type);
          break;
        }
        case "array":
        case "object":
        case "set":
          if (!unifyWith(this.#env, part, keys)) {
            return this.#invalid(ref, { position, have: this.#env.typeOf(part), want: keys });
          }
          type = valuesOf(type);
          break;
        default: {
          const selected = selectedBy(type, part);
          if (selected === undefined) return this.#invalid(ref, { position, want: keys, oneOf: keyTexts(type) });
          type = selected;
        }
      }
    }
    return undefined;
  }

  /** What is empty has no constant part, but can be iterated over. */
  #inEmpty(type: Type | undefined, ref: RefTerm, position: number, part: Term): RegoError | undefined {
    if (isScalar(part)) return this.#invalid(ref, { position });
    if (part.type !== "var") return undefined;
    const known = this.#env.typeOfVar(part.name);
    const keys = keysOf(type);
    if (known === undefined) this.#env.putVar(part.name, ANY);
    else if (keys !== undefined && !unifies(known, keys))
      return this.#invalid(ref, { position, have: known, want: keys });
    return undefined;
  }

  #invalid(ref: RefTerm, part: Parameters<typeof invalidRef>[2]): RegoError {
    return invalidRef(ref.head.location, this.#shown(ref), part);
  }
}

function partAt({ head, path }: RefTerm, position: number): Term {
  return (position === 0 ? undefined : path[position - 1]) ?? head;
}

/** The keys under a node, as messages list them. */
function childKeys(node: TypeTree): readonly string[] {
  const keys: Term[] = [];
  for (const { key } of node.children()) if (key !== undefined) keys.push(key);
  return keys.sort(compareTerms).map(formatTerm);
}

/** The property names of a type of objects, as messages list them. */
function keyTexts(type: Type | undefined): readonly string[] {
  const keys = [...propertyKeys(type)].sort(compare).map((key) => termText(key));
  return keys.filter((key, index) => key !== keys[index - 1]);
}

function* propertyKeys(type: Type | undefined): Generator<Value> {
  const plain = unrolled(type);
  if (plain?.kind === "object") for (const { key } of plain.static) yield key;
  if (plain?.kind === "any") for (const member of plain.of) yield* propertyKeys(member);
}
