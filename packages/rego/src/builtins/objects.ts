import { isArray, isObject, isPlainObject, isSet } from "../values/kinds.ts";
import { lookup } from "../values/lookup.ts";
import { type Entry, objectEntries, objectFrom, objectGet, objectKeys, objectSize } from "../values/object.ts";
import { equal } from "../values/order.ts";
import { RegoSet } from "../values/set.ts";
import { type MutableObject, type ObjectValue, ownValue, setOwn, type Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { filterByPaths } from "./json-paths.ts";
import { arrayOperand, elementError, objectOperand, typeError } from "./operands.ts";

function get(_context: BuiltinContext, object: Value, path: Value, fallback: Value): Value {
  if (!isObject(object)) throw typeError(1, object, "object");
  if (typeof path === "string" && isPlainObject(object)) return orElse(ownValue(object, path), fallback);
  if (!isArray(path)) return orElse(objectGet(object, path), fallback);
  let current: Value = object;
  for (const key of path) {
    const next: Value | undefined = lookup(current, key);
    if (next === undefined) return fallback;
    current = next;
  }
  return current;
}

/** Null is a value too. */
function orElse(value: Value | undefined, fallback: Value): Value {
  return value === undefined ? fallback : value;
}

/** The right-hand value wins, but objects on both sides are merged. */
function merge(context: BuiltinContext, a: ObjectValue, b: ObjectValue): ObjectValue {
  context.charge(objectSize(a) + objectSize(b));
  if (isPlainObject(a) && isPlainObject(b)) {
    const merged: MutableObject = { ...a };
    for (const key of Object.keys(b)) {
      const right = ownValue(b, key);
      const left = ownValue(a, key);
      if (right !== undefined) setOwn(merged, key, mergeValues(context, left, right));
    }
    return merged;
  }
  const entries: Entry[] = [...objectEntries(a)];
  for (const [key, right] of objectEntries(b)) entries.push([key, mergeValues(context, objectGet(a, key), right)]);
  return objectFrom(entries);
}

function mergeValues(context: BuiltinContext, left: Value | undefined, right: Value): Value {
  return isObject(left) && isObject(right) ? merge(context, left, right) : right;
}

function unionAll(context: BuiltinContext, objects: Value): Value {
  const list = arrayOperand(objects, 1);
  let result: ObjectValue = {};
  for (const object of list) if (!isObject(object)) throw elementError(1, list, object, "object");
  for (const object of list) if (isObject(object)) result = merge(context, result, object);
  return result;
}

/** The keys that an array, a set or the keys of an object name. */
function keysOperand(keys: Value): RegoSet {
  if (isArray(keys)) return RegoSet.from(keys);
  if (isSet(keys)) return keys;
  if (isObject(keys)) return RegoSet.from(objectKeys(keys));
  throw typeError(2, keys, "object", "set", "array");
}

function remove(_context: BuiltinContext, object: Value, keys: Value): Value {
  const target = objectOperand(object, 1);
  const unwanted = keysOperand(keys);
  return objectFrom(objectEntries(target).filter(([key]) => !unwanted.has(key)));
}

function isSubset(whole: Value, part: Value): boolean | undefined {
  if (isObject(whole) && isObject(part)) return isObjectSubset(whole, part);
  if (isSet(whole) && isSet(part)) return part.isSubsetOf(whole);
  if (isArray(whole) && isArray(part)) return isSubsequence(whole, part);
  return undefined;
}

function isObjectSubset(whole: ObjectValue, part: ObjectValue): boolean {
  return objectEntries(part).every(([key, value]) => {
    const other = objectGet(whole, key);
    return other !== undefined && (equal(value, other) || isSubset(other, value) === true);
  });
}

/** Whether the whole of `part` stands in `whole`, item after item. */
function isSubsequence(whole: readonly Value[], part: readonly Value[]): boolean {
  for (let start = 0; start + part.length <= whole.length; start += 1) {
    const at = start;
    const matches = part.every((item, i) => {
      const other = whole[at + i];
      return other !== undefined && equal(item, other);
    });
    if (matches) return true;
  }
  return false;
}

/** Counts members as OPA does: each item of the array that is in the set, even twice. */
function arrayCoversSet(array: readonly Value[], set: RegoSet): boolean {
  let unmatched = set.size;
  for (const item of array) {
    if (set.has(item)) unmatched -= 1;
    if (unmatched === 0) return true;
  }
  return false;
}

function subset(_context: BuiltinContext, whole: Value, part: Value): Value {
  if (isArray(whole) && isSet(part)) return arrayCoversSet(whole, part);
  const result = isSubset(whole, part);
  if (result !== undefined) return result;
  throw new BuiltinError("both arguments object.subset must be of the same type or array and set", "eval_type_error");
}

export const objects: Family = {
  "object.get": get,
  "object.keys": (_, object) => RegoSet.from(objectKeys(objectOperand(object, 1))),
  "object.union": (context, a, b) => {
    const [left, right] = [objectOperand(a, 1), objectOperand(b, 2)];
    if (objectSize(left) === 0) return right;
    return objectSize(right) === 0 ? left : merge(context, left, right);
  },
  "object.union_n": unionAll,
  "object.remove": remove,
  "object.filter": (_, object, keys) => {
    const target = objectOperand(object, 1);
    return filterByPaths(target, objectFrom([...keysOperand(keys).values()].map((key) => [key, null])));
  },
  "object.subset": subset,
};
