import type { Term } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { isConstant } from "../constants.ts";
import { isAnything, unifies, union, valuesOf } from "./algebra.ts";
import { type TypeEnv, selectedBy } from "./type-env.ts";
import { ANY, type AnyType, type Type, hasUnknown, itemType, unrolled } from "./type.ts";

/** Whether two terms can be equal. Learns the types of variables that had none. */
export function unifyTerms(env: TypeEnv, a: Term, typeA: Type | undefined, b: Term, typeB: Type | undefined): boolean {
  const unknownA = hasUnknown(typeA);
  const unknownB = hasUnknown(typeB);
  if (unknownA && !unknownB) return unifyWith(env, a, typeB);
  if (unknownB && !unknownA) return unifyWith(env, b, typeA);
  if (!unknownA && !unknownB) return unifies(typeA, typeB);
  switch (a.type) {
    case "array":
      return unifyArray(env, a, b);
    case "object":
      return unifyObject(env, a, b);
    case "var":
      if (b.type === "var") return unifyWith(env, a, ANY) && unifyWith(env, b, env.typeOf(a));
      if (b.type === "array") return unifyArray(env, b, a);
      if (b.type === "object") return unifyObject(env, b, a);
      if (b.type === "ref") return unifyWith(env, a, ANY);
      break;
    case "ref":
      if (b.type === "var") return unifyWith(env, b, ANY);
      break;
    default:
  }
  // A variable without a type takes what is known of the other side.
  if (a.type === "var" && typeA === undefined && typeB !== undefined) return unifyWith(env, a, typeB);
  if (b.type === "var" && typeB === undefined && typeA !== undefined) return unifyWith(env, b, typeA);
  return false;
}

function unifyArray(env: TypeEnv, a: Extract<Term, { type: "array" }>, b: Term): boolean {
  if (b.type === "var") return unifyWith(env, a, ANY) && unifyWith(env, b, env.typeOf(a));
  if (b.type !== "array" || a.items.length !== b.items.length) return false;
  return a.items.every((item, index) => {
    const other = b.items[index];
    return other !== undefined && unifyTerms(env, item, env.typeOf(item), other, env.typeOf(other));
  });
}

function unifyObject(env: TypeEnv, a: Extract<Term, { type: "object" }>, b: Term): boolean {
  if (b.type === "var") return unifyWith(env, a, ANY) && unifyWith(env, b, env.typeOf(a));
  if (b.type !== "object" || a.entries.length !== b.entries.length) return false;
  return a.entries.every(({ key, value }) => {
    const other = b.entries.find((entry) => compareTerms(entry.key, key) === 0)?.value;
    return other !== undefined && unifyTerms(env, value, env.typeOf(value), other, env.typeOf(other));
  });
}

/** Whether a term can be of a type. Variables in it get theirs; with `adds` they get it besides what they have. */
export function unifyWith(env: TypeEnv, term: Term, type: Type | undefined, adds = false): boolean {
  switch (term.type) {
    case "array": {
      const plain = unrolled(type);
      if (plain?.kind === "array") {
        if (term.items.length !== plain.static.length && plain.dynamic === undefined) return false;
        return term.items.every((item, index) => unifyWith(env, item, itemType(plain, index), adds));
      }
      return type?.kind === "any" && unifyWithAny(env, term, term.items, type);
    }
    case "object": {
      const plain = unrolled(type);
      if (plain?.kind === "object") {
        if (term.entries.length !== plain.static.length && plain.dynamic?.value === undefined) return false;
        return term.entries.every(({ key, value }) => {
          if (isConstant(key)) {
            const property = selectedBy(plain, key);
            return property !== undefined && unifyWith(env, value, property, adds);
          }
          unifyWith(env, value, ANY, adds);
          return true;
        });
      }
      const parts = term.entries.flatMap(({ key, value }) => [key, value]);
      return type?.kind === "any" && unifyWithAny(env, term, parts, type);
    }
    case "set":
      if (type?.kind === "set") return term.items.every((item) => unifyWith(env, item, valuesOf(type), adds));
      return type?.kind === "any" && unifyWithAny(env, term, term.items, type);
    case "var": {
      const known = env.typeOf(term);
      if (!adds && known !== undefined) return unifies(known, type);
      env.putVar(term.name, adds ? union(known, type) : type);
      return true;
    }
    default:
      return unifies(env.typeOf(term), type);
  }
}

/** A collection against any of several types. */
function unifyWithAny(env: TypeEnv, term: Term, parts: readonly Term[], any: AnyType): boolean {
  if (isAnything(any)) {
    for (const part of parts) unifyWith(env, part, ANY, true);
    return true;
  }
  let result = false;
  for (const type of any.of) if (unifyWith(env, term, type, true)) result = true;
  return result;
}
