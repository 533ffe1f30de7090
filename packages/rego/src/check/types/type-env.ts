import type { Body, RefTerm, Term } from "../../syntax/ast.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { objectFrom } from "../../values/object.ts";
import type { Value } from "../../values/value.ts";
import { isConstant, scalarOf } from "../constants.ts";
import { selected, union, valuesOf } from "./algebra.ts";
import {
  ANY,
  BOOLEAN,
  type DynamicProperty,
  NULL,
  NUMBER,
  STRING,
  type StaticProperty,
  type Type,
  arrayType,
  isEmptyCollection,
  objectType,
  setType,
} from "./type.ts";
import { TypeTree } from "./type-tree.ts";

/** Types the body of a comprehension; undefined where it has errors. */
export type ClosureTyper = (env: TypeEnv, closure: Term, body: Body) => TypeEnv | undefined;

/** What is known of types: those of documents and functions, and of variables of one body and those around it. */
export class TypeEnv {
  readonly tree: TypeTree;
  /** Where the types of variables go. */
  readonly vars: TypeTree;
  readonly next: TypeEnv | undefined;
  readonly #typeClosure: ClosureTyper;

  constructor(typeClosure: ClosureTyper, next?: TypeEnv, tree: TypeTree = new TypeTree(), vars: TypeTree = tree) {
    this.#typeClosure = typeClosure;
    this.next = next;
    this.tree = tree;
    this.vars = vars;
  }

  /** An environment inside this one. */
  inner(typeClosure: ClosureTyper = this.#typeClosure): TypeEnv {
    return new TypeEnv(typeClosure, this);
  }

  /** One for a single expression with modifiers, whose variables are those of this environment. */
  forModifiers(tree: TypeTree): TypeEnv {
    return new TypeEnv(this.#typeClosure, this, tree, this.vars);
  }

  typeOf(term: Term): Type | undefined {
    switch (term.type) {
      case "null":
        return NULL;
      case "boolean":
        return BOOLEAN;
      case "number":
        return NUMBER;
      case "string":
      case "templateString":
        return STRING;
      case "array":
        return arrayType(
          term.items.map((item) => this.typeOf(item)),
          undefined,
        );
      case "object": {
        const properties: StaticProperty[] = [];
        let dynamic: DynamicProperty | undefined;
        for (const { key, value } of term.entries) {
          const constant = constantValue(key);
          if (constant === undefined) dynamic = { key: this.typeOf(key), value: this.typeOf(value) };
          else properties.push({ key: constant, value: this.typeOf(value) });
        }
        return objectType(properties, dynamic);
      }
      case "set": {
        let of: Type | undefined;
        for (const item of term.items) of = union(of, this.typeOf(item));
        return setType(of);
      }
      case "arrayComprehension": {
        const inner = this.#typeClosure(this, term, term.body);
        return inner && arrayType([], inner.typeOf(term.term));
      }
      case "setComprehension": {
        const inner = this.#typeClosure(this, term, term.body);
        return inner && setType(inner.typeOf(term.term));
      }
      case "objectComprehension": {
        const inner = this.#typeClosure(this, term, term.body);
        return inner && objectType([], { key: inner.typeOf(term.key), value: inner.typeOf(term.value) });
      }
      case "ref":
        return this.typeOfRef(term.head, term.path);
      case "var":
        return this.typeOfVar(term.name);
      case "call":
        return undefined;
    }
  }

  typeOfVar(name: string): Type | undefined {
    const node = this.tree.varChild(name);
    return node === undefined ? this.next?.typeOfVar(name) : node.value;
  }

  typeOfRef(head: Term, path: readonly Term[]): Type | undefined {
    const node = this.tree.child(head);
    const result = node === undefined ? "elsewhere" : typeBelow(node, path);
    if (result !== "elsewhere") return result;
    if (this.next !== undefined) return this.next.typeOfRef(head, path);
    return isRoot(head) ? ANY : undefined;
  }

  /** Sets the type of a variable. */
  putVar(name: string, type: Type | undefined): void {
    this.vars.putVar(name, type);
  }
}

/** Whether a reference starts with `input` or `data`. */
export function isRoot(head: Term): boolean {
  return head.type === "var" && (head.name === "input" || head.name === "data");
}

/** The type at a path under a node; `"elsewhere"` where the tree does not know. */
function typeBelow(start: TypeTree, path: readonly Term[]): Type | undefined | "elsewhere" {
  let node = start;
  for (const [index, part] of path.entries()) {
    if (node.value !== undefined) {
      const child = node.size > 0 ? node.child(part) : undefined;
      if (child === undefined) return typeAt(node.value, path.slice(index));
      node = child;
      continue;
    }
    if (!isConstant(part)) return typeAt(extentOf(node), path.slice(index));
    const child = node.child(part);
    if (child === undefined) return "elsewhere";
    node = child;
  }
  return extentOf(node);
}

/** The type of all that lies under a node. */
export function extentOf(node: TypeTree): Type {
  if (node.value !== undefined) return node.value;
  const properties: StaticProperty[] = [];
  for (const child of node.children()) {
    // OPA leaves null out.
    const key = child.key === undefined || child.key.type === "null" ? undefined : scalarOf(child.key);
    if (key !== undefined) properties.push({ key, value: extentOf(child) });
  }
  return objectType(properties, { key: STRING, value: ANY });
}

/** The type of what a path leads to in a value of a type. */
export function typeAt(type: Type | undefined, path: readonly Term[]): Type | undefined {
  let result = type;
  for (const part of path) {
    if (result === undefined) return undefined;
    switch (part.type) {
      case "var":
      case "ref":
      case "array":
      case "object":
      case "set":
        if (isEmptyCollection(result)) return ANY;
        result = valuesOf(result);
        break;
      default:
        result = selectedBy(result, part);
    }
  }
  return result;
}

/** The type of what a constant selects. */
export function selectedBy(type: Type | undefined, part: Term): Type | undefined {
  const key = constantValue(part);
  return key === undefined ? undefined : selected(type, key);
}

/** The JSON value of a constant term, in which sets are arrays; undefined for any other term. */
export function constantValue(term: Term): Value | undefined {
  switch (term.type) {
    case "array":
    case "set": {
      const values = term.items.map(constantValue);
      return values.every((value) => value !== undefined) ? values : undefined;
    }
    case "object": {
      const entries: (readonly [Value, Value])[] = [];
      for (const { key, value } of term.entries) {
        const name = constantValue(key);
        const item = constantValue(value);
        if (name === undefined || item === undefined) return undefined;
        entries.push([typeof name === "string" ? name : formatTerm(key), item]);
      }
      return objectFrom(entries);
    }
    default:
      return scalarOf(term);
  }
}

/** The longest prefix of a reference that a type is known for, but for the whole of it. */
export function knownPrefix(
  env: TypeEnv,
  { head, path }: RefTerm,
): { readonly length: number; readonly type: Type } | undefined {
  for (let length = 0; length < Math.max(path.length, 1); length += 1) {
    const type = env.typeOfRef(head, path.slice(0, length));
    if (type !== undefined) return { length, type };
  }
  return undefined;
}
