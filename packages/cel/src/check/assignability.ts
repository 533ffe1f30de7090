/** When one type may stand for another, and what type parameters come to mean by it. */
import { isExactType, paramOf, type Type, type Kind } from "../types/type.ts";
import * as types from "../types/type.ts";

/** What type parameters have been found to stand for, by the parameter's name. */
export type Substitutions = Map<string, Type>;

/** The substitutions under which `from` may be given for `to`; undefined where there are none. */
export function assign(known: Substitutions, from: Type, to: Type): Substitutions | undefined {
  const found = new Map(known);
  return isAssignable(found, from, to) ? found : undefined;
}

export function assignAll(known: Substitutions, from: readonly Type[], to: readonly Type[]): Substitutions | undefined {
  const found = new Map(known);
  return areAssignable(found, from, to) ? found : undefined;
}

export function isDynamic(type: Type): boolean {
  return type.kind === "dyn" || type.kind === "any";
}

const NULLABLE: ReadonlySet<Kind> = new Set<Kind>(["opaque", "struct", "any", "duration", "timestamp", "null"]);

function isAssignable(found: Substitutions, from: Type, to: Type): boolean {
  if (to.kind === "param") {
    const { valid, bound } = bind(found, from, to);
    if (valid || bound) return valid;
  }
  if (from.kind === "param") return bind(found, to, from).valid;
  if (isDynamic(from) || isDynamic(to) || from.kind === "error" || to.kind === "error") return true;
  if (from.kind === "null") return NULLABLE.has(to.kind);
  if (to.kind === "null") return NULLABLE.has(from.kind);
  switch (from.kind) {
    case "type":
      return to.kind === "type";
    case "opaque":
    case "list":
    case "map":
      return from.kind === to.kind && from.name === to.name && areAssignable(found, from.params, to.params);
    default:
      return from.kind === to.kind && from.name === to.name;
  }
}

function areAssignable(found: Substitutions, from: readonly Type[], to: readonly Type[]): boolean {
  if (from.length !== to.length) return false;
  return from.every((type, index) => isAssignable(found, type, to[index] ?? types.DYN));
}

function bind(found: Substitutions, type: Type, param: Type): { readonly valid: boolean; readonly bound: boolean } {
  if (type.kind === param.kind && isExactType(type, param)) return { valid: true, bound: true };
  const bound = found.get(param.name);
  if (bound !== undefined) {
    if (isExactType(type, bound)) return { valid: true, bound: true };
    if (!isAssignable(found, type, bound)) return { valid: false, bound: true };
    const general = mostGeneral(type, bound);
    if (isFreeOf(found, param, general)) found.set(param.name, general);
    return { valid: true, bound: true };
  }
  if (!isFreeOf(found, param, type)) return { valid: false, bound: false };
  found.set(param.name, type);
  return { valid: true, bound: false };
}

export function mostGeneral(left: Type, right: Type): Type {
  return isEqualOrLessSpecific(left, right) ? left : right;
}

function isEqualOrLessSpecific(left: Type, right: Type): boolean {
  if (isDynamic(left) || left.kind === "param") return true;
  if (isDynamic(right) || right.kind === "param") return false;
  if (left.kind !== right.kind) return false;
  switch (left.kind) {
    case "opaque":
      if (left.name !== right.name || left.params.length !== right.params.length) return false;
      return left.params.every((param, index) => isEqualOrLessSpecific(param, paramOf(right, index)));
    case "list":
    case "map":
      return left.params.every((param, index) => isEqualOrLessSpecific(param, paramOf(right, index)));
    case "type":
      return true;
    default:
      return isExactType(left, right);
  }
}

/** Whether `param` does not occur within `type`, so that no type comes to hold itself. */
function isFreeOf(found: Substitutions, param: Type, type: Type): boolean {
  if (isExactType(param, type)) return false;
  if (type.kind === "param") {
    const bound = found.get(type.name);
    return bound === undefined || isFreeOf(found, param, bound);
  }
  return type.params.every((inner) => isFreeOf(found, param, inner));
}

/** A type with what is known of its parameters put in; with `toDyn` those not known become dyn. */
export function substitute(found: Substitutions, type: Type, toDyn: boolean): Type {
  if (type.kind === "param") {
    const bound = found.get(type.name);
    if (bound !== undefined) return substitute(found, bound, toDyn);
    return toDyn ? types.DYN : type;
  }
  if (type.params.length === 0) return type;
  return { ...type, params: type.params.map((param) => substitute(found, param, toDyn)) };
}
