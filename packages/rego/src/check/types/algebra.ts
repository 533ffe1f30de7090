import { isArray, isPlainObject } from "../../values/kinds.ts";
import { compare } from "../../values/order.ts";
import { intOf, RegoNumber } from "../../values/number.ts";
import { isNumber } from "../../values/kinds.ts";
import { objectEntries } from "../../values/object.ts";
import type { Value } from "../../values/value.ts";
import {
  ANY,
  type AnyType,
  type ArrayType,
  BOOLEAN,
  type FunctionType,
  NULL,
  NUMBER,
  type ObjectType,
  STRING,
  type Type,
  arrayType,
  functionType,
  itemType,
  objectType,
  plainType,
  unnamed,
} from "./type.ts";

/** The type of a constant. */
export function typeOfValue(value: Value): Type {
  if (value === null) return NULL;
  if (typeof value === "boolean") return BOOLEAN;
  if (typeof value === "string") return STRING;
  if (isNumber(value)) return NUMBER;
  if (isArray(value)) return arrayType(value.map(typeOfValue), undefined);
  if (isPlainObject(value)) {
    return objectType(
      objectEntries(value).map(([key, item]) => ({ key, value: typeOfValue(item) })),
      undefined,
    );
  }
  return ANY;
}

const RANKS: Readonly<Record<Exclude<Type["kind"], "named" | "recursive">, number>> = {
  null: 0,
  boolean: 1,
  number: 2,
  string: 3,
  array: 4,
  object: 5,
  set: 6,
  any: 7,
  function: 8,
};

/** The order of types, in which unions keep theirs. */
export function compareTypes(first: Type | undefined, second: Type | undefined): number {
  const a = plainType(first);
  const b = plainType(second);
  if (a === b) return 0;
  const order = rankOf(a) - rankOf(b);
  if (order !== 0) return Math.sign(order);
  if (a?.kind === "array" && b?.kind === "array") {
    return compareOptional(a.dynamic, b.dynamic) || compareLists(a.static, b.static);
  }
  if (a?.kind === "object" && b?.kind === "object") return compareObjects(a, b);
  if (a?.kind === "set" && b?.kind === "set") return compareOptional(a.of, b.of);
  if (a?.kind === "any" && b?.kind === "any") return compareLists(a.of, b.of);
  if (a?.kind === "function" && b?.kind === "function") {
    return (
      Math.sign(a.args.length - b.args.length) ||
      compareLists(a.args, b.args) ||
      compareTypes(a.result, b.result) ||
      compareTypes(a.variadic, b.variadic)
    );
  }
  return 0;
}

function rankOf(type: Type | undefined): number {
  return type === undefined || type.kind === "named" || type.kind === "recursive" ? -1 : RANKS[type.kind];
}

function compareOptional(a: Type | undefined, b: Type | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareTypes(a, b);
}

function compareLists(a: readonly (Type | undefined)[], b: readonly (Type | undefined)[]): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareTypes(a[index], b[index]);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function compareObjects(a: ObjectType, b: ObjectType): number {
  if ((a.dynamic === undefined) !== (b.dynamic === undefined)) return a.dynamic === undefined ? -1 : 1;
  if (a.dynamic !== undefined && b.dynamic !== undefined) {
    const order = compareTypes(a.dynamic.key, b.dynamic.key) || compareTypes(a.dynamic.value, b.dynamic.value);
    if (order !== 0) return order;
  }
  const length = Math.min(a.static.length, b.static.length);
  for (let index = 0; index < length; index += 1) {
    const x = a.static[index];
    const y = b.static[index];
    if (x === undefined || y === undefined) continue;
    const order = Math.sign(compare(x.key, y.key)) || compareTypes(x.value, y.value);
    if (order !== 0) return order;
  }
  return Math.sign(a.static.length - b.static.length);
}

/** The union of two types. Undefined where only one is a function, as no value is both. */
export function union(first: Type | undefined, second: Type | undefined): Type | undefined {
  const a = unnamed(first);
  const b = unnamed(second);
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.kind === "function" || b.kind === "function") {
    return a.kind === "function" && b.kind === "function" ? functionUnion(a, b) : undefined;
  }
  if (a.kind === "any") return b.kind === "any" ? anyUnion(a, b) : extended(a, b);
  if (b.kind === "any") return extended(b, a);
  const order = compareTypes(a, b);
  if (order === 0) return a;
  return { kind: "any", of: order < 0 ? [a, b] : [b, a] };
}

function extended(any: AnyType, type: Type): AnyType {
  if (anyContains(any, type)) return any;
  const at = any.of.findIndex((member) => compareTypes(member, type) > 0);
  const of = [...any.of];
  of.splice(at < 0 ? of.length : at, 0, type);
  return { kind: "any", of };
}

function anyUnion(a: AnyType, b: AnyType): AnyType {
  if (a.of.length === 0) return a;
  if (b.of.length === 0) return b;
  const of: Type[] = [];
  let x = 0;
  let y = 0;
  while (x < a.of.length || y < b.of.length) {
    const left = a.of[x];
    const right = b.of[y];
    const order = left === undefined ? 1 : right === undefined ? -1 : compareTypes(left, right);
    const next = order <= 0 ? left : right;
    if (next !== undefined) of.push(next);
    if (order <= 0) x += 1;
    if (order >= 0) y += 1;
  }
  return { kind: "any", of };
}

function functionUnion(a: FunctionType, b: FunctionType): FunctionType | undefined {
  if (a.args.length !== b.args.length || (a.variadic === undefined) !== (b.variadic === undefined)) return undefined;
  const args = a.args.map((arg, index) => union(arg, b.args[index]));
  return { ...functionType(args, union(a.result, b.result)), variadic: union(a.variadic, b.variadic) };
}

function anyContains({ of }: AnyType, type: Type | undefined): boolean {
  if (type?.kind === "function") return false;
  return of.length === 0 || of.some((member) => compareTypes(member, type) === 0);
}

/** Whether every value of the second type is one of the first. */
export function contains(first: Type | undefined, second: Type | undefined): boolean {
  const a = unnamed(first);
  return a?.kind === "any" ? anyContains(a, second) : compareTypes(a, second) === 0;
}

export function isAnything(type: Type | undefined): boolean {
  return type?.kind === "any" && type.of.length === 0;
}

/** The type of what a constant selects in a value of a type. */
export function selected(type: Type | undefined, key: Value): Type | undefined {
  const plain = plainType(type);
  switch (plain?.kind) {
    case "array":
      return selectedItem(plain, key);
    case "object":
      return selectedProperty(plain, key);
    case "set": {
      const member = typeOfValue(key);
      if (compareTypes(plain.of, member) === 0) return plain.of;
      return plain.of?.kind === "any" && anyContains(plain.of, member) ? member : undefined;
    }
    case "any": {
      if (plain.of.length === 0) return ANY;
      let result: Type | undefined;
      for (const member of plain.of) result = union(selected(member, key), result);
      return result;
    }
    default:
      return undefined;
  }
}

function selectedItem(array: ArrayType, key: Value): Type | undefined {
  // `1.0` is an index where a policy runs, but none to OPA's type checker.
  const index = isNumber(key) && !(key instanceof RegoNumber) ? intOf(key) : undefined;
  return index === undefined || index < 0 ? undefined : itemType(array, index);
}

/** The type of a property. */
export function selectedProperty({ static: properties, dynamic }: ObjectType, key: Value): Type | undefined {
  let low = 0;
  let high = properties.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const property = properties[middle];
    if (property === undefined) break;
    const order = compare(property.key, key);
    if (order === 0) return property.value;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return dynamic !== undefined && contains(dynamic.key, typeOfValue(key)) ? dynamic.value : undefined;
}

/** The type of the keys of a collection: indices, property names, members of a set. Undefined where there are none. */
export function keysOf(type: Type | undefined): Type | undefined {
  const plain = plainType(type);
  switch (plain?.kind) {
    case "array":
      return NUMBER;
    case "object": {
      let keys: Type | undefined;
      for (const { key } of plain.static) keys = union(keys, typeOfValue(key));
      return plain.dynamic === undefined ? keys : union(keys, plain.dynamic.key);
    }
    case "set":
      return plain.of;
    case "any": {
      if (plain.of.length === 0) return ANY;
      let keys: Type | undefined;
      for (const member of plain.of) keys = union(keysOf(member), keys);
      return keys;
    }
    default:
      return undefined;
  }
}

/** The type of the values of a collection. */
export function valuesOf(type: Type | undefined): Type | undefined {
  const plain = plainType(type);
  switch (plain?.kind) {
    case "array": {
      let values: Type | undefined;
      for (const item of plain.static) values = union(values, item);
      return union(values, plain.dynamic);
    }
    case "object": {
      let values: Type | undefined;
      for (const { value } of plain.static) values = union(values, value);
      return plain.dynamic === undefined ? values : union(values, plain.dynamic.value);
    }
    case "set":
      return plain.of;
    case "any": {
      if (plain.of.length === 0) return ANY;
      let values: Type | undefined;
      for (const member of plain.of) values = union(valuesOf(member), values);
      return values;
    }
    default:
      return undefined;
  }
}

/** Whether a value can be of both types. */
export function unifies(first: Type | undefined, second: Type | undefined): boolean {
  const a = first?.kind === "recursive" ? first.type : first;
  const b = second?.kind === "recursive" ? second.type : second;
  if (a === undefined || b === undefined) return false;
  if (a.kind === "any" || b.kind === "any") {
    return (a.kind === "any" && anyUnifies(a, b)) || (b.kind === "any" && anyUnifies(b, a));
  }
  if (a.kind === "array" && b.kind === "array") {
    if (!staticItemsUnify(a, b) || !staticItemsUnify(b, a)) return false;
    return a.dynamic === undefined || b.dynamic === undefined || unifies(a.dynamic, b.dynamic);
  }
  if (a.kind === "object" && b.kind === "object") {
    if (!staticPropertiesUnify(a, b) || !staticPropertiesUnify(b, a)) return false;
    const x = a.dynamic?.value;
    const y = b.dynamic?.value;
    return x === undefined || y === undefined || unifies(x, y);
  }
  if (a.kind === "set" && b.kind === "set") return a.of === undefined || b.of === undefined || unifies(a.of, b.of);
  if (a.kind === "function" && b.kind === "function") {
    if (a.args.length !== b.args.length) return false;
    return a.args.every((arg, index) => unifies(unnamed(arg), unnamed(b.args[index])));
  }
  return a.kind === b.kind;
}

function anyUnifies({ of }: AnyType, b: Type): boolean {
  if (b.kind === "function") return false;
  return of.length === 0 || of.some((member) => unifies(member, b));
}

function staticItemsUnify(a: ArrayType, b: ArrayType): boolean {
  return a.static.every((item, index) => unifies(item, itemType(b, index)));
}

function staticPropertiesUnify(a: ObjectType, b: ObjectType): boolean {
  return a.static.every(({ key, value }) => {
    const other = selectedProperty(b, key);
    if (other === undefined) return a.dynamic?.value !== undefined || b.dynamic?.value !== undefined;
    return unifies(value, other);
  });
}
