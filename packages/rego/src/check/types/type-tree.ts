import type { Term } from "../../syntax/ast.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { union } from "./algebra.ts";
import type { TypeEnv } from "./type-env.ts";
import { type ObjectType, type Type, objectType, setType, unrolled } from "./type.ts";

/** Types by the parts of references. */
export class TypeTree {
  readonly key: Term | undefined;
  value: Type | undefined;
  readonly #strings = new Map<string, TypeTree>();
  readonly #vars = new Map<string, TypeTree>();
  #others: Map<string, TypeTree> | undefined;

  constructor(key?: Term) {
    this.key = key;
  }

  get size(): number {
    return this.#strings.size + this.#vars.size + (this.#others?.size ?? 0);
  }

  *children(): Generator<TypeTree> {
    yield* this.#strings.values();
    yield* this.#vars.values();
    if (this.#others !== undefined) yield* this.#others.values();
  }

  child(part: Term): TypeTree | undefined {
    if (part.type === "string") return this.#strings.get(part.value);
    if (part.type === "var") return this.#vars.get(part.name);
    return this.#others?.get(formatTerm(part));
  }

  varChild(name: string): TypeTree | undefined {
    return this.#vars.get(name);
  }

  putVar(name: string, type: Type | undefined): void {
    let child = this.#vars.get(name);
    if (child === undefined) {
      child = new TypeTree();
      this.#vars.set(name, child);
    }
    child.value = type;
  }

  /** Sets the type at a path. */
  put(head: Term, path: readonly Term[], type: Type): void {
    let node = this.#grow(head);
    for (const part of path) node = node.#grow(part);
    node.value = type;
  }

  /**
   * Adds a type at a path to what is there. Types of objects on the way get it as a property, and that of an object takes in
   * what is below it.
   */
  insert(head: Term, path: readonly Term[], type: Type, env: TypeEnv): void {
    let node = this.#grow(head);
    for (const [index, part] of path.entries()) {
      const object = unrolled(node.value);
      if (object?.kind === "object") node.value = withProperty(object, path.slice(index), type, env);
      node = node.#grow(part);
    }
    node.value = merged(node.value, type);
    if (unrolled(type)?.kind !== "object" || node.size === 0) return;
    let whole = unrolled(node.value);
    for (const leaf of node.#leaves([])) {
      if (whole?.kind !== "object") break;
      whole = withProperty(whole, leaf.path, leaf.type, env);
    }
    node.value = whole;
  }

  *#leaves(path: readonly Term[]): Generator<{ readonly path: readonly Term[]; readonly type: Type }> {
    for (const child of this.children()) {
      const next = child.key === undefined ? path : [...path, child.key];
      if (child.value === undefined) yield* child.#leaves(next);
      else yield { path: next, type: child.value };
    }
  }

  #grow(part: Term): TypeTree {
    const known = this.child(part);
    if (known !== undefined) return known;
    const child = new TypeTree(part);
    if (part.type === "string") this.#strings.set(part.value, child);
    else if (part.type === "var") this.#vars.set(part.name, child);
    else (this.#others ??= new Map<string, TypeTree>()).set(formatTerm(part), child);
    return child;
  }
}

/** The type of an object to which something at a path is added. */
function withProperty(object: ObjectType, path: readonly Term[], type: Type, env: TypeEnv): ObjectType {
  const [part, ...rest] = path;
  if (part === undefined) return object;
  const key = env.typeOf(part);
  const value = rest.length === 0 ? type : withProperty(objectType([], undefined), rest, type, env);
  const { dynamic } = object;
  return objectType(
    object.static,
    dynamic === undefined ? { key, value } : { key: union(dynamic.key, key), value: union(dynamic.value, value) },
  );
}

/** The type of what several rules define together. */
function merged(first: Type | undefined, second: Type | undefined): Type | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  const a = unrolled(first);
  const b = unrolled(second);
  if (a?.kind === "object" && a.static.length === 0) {
    if (b?.kind === "object" && b.static.length === 0) {
      if (a.dynamic === undefined) return b;
      if (b.dynamic === undefined) return a;
      return objectType([], {
        key: union(a.dynamic.key, b.dynamic.key),
        value: merged(a.dynamic.value, b.dynamic.value),
      });
    }
    if (b?.kind === "any" && a.dynamic !== undefined) {
      const { dynamic } = a;
      const index = b.of.findIndex(
        (type) => type.kind === "object" && type.static.length === 0 && type.dynamic !== undefined,
      );
      const found = b.of[index];
      if (found?.kind === "object" && found.dynamic !== undefined) {
        const widened = objectType([], {
          key: union(found.dynamic.key, dynamic.key),
          value: union(found.dynamic.value, dynamic.value),
        });
        return { kind: "any", of: b.of.map((type, at) => (at === index ? widened : type)) };
      }
    }
  } else if (a?.kind === "set" && b?.kind === "set") {
    return setType(union(a.of, b.of));
  } else if (a?.kind === "any" && b?.kind !== "any") {
    return merged(b, a);
  }
  return union(a, b);
}
