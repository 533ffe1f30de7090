import { isNumber, isObject } from "./kinds.ts";
import { compareNumbers, RegoNumber } from "./number.ts";
import { objectEntries, objectSize, RegoObject } from "./object.ts";
import { RegoSet } from "./set.ts";
import { compareStrings, sortStrings } from "./utf8.ts";
import { type ObjectValue, ownValue, type Value } from "./value.ts";

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  switch (typeof a) {
    case "string":
    case "boolean":
      return false;
    case "number":
      return typeof b !== "number" && isNumber(b) && compareNumbers(a, b) === 0;
    case "bigint":
      return typeof b !== "bigint" && isNumber(b) && compareNumbers(a, b) === 0;
    default:
      break;
  }
  if (a === null || b === null) return false;
  if (a instanceof RegoNumber) return isNumber(b) && compareNumbers(a, b) === 0;
  if (typeof b !== "object") return false;
  if (Array.isArray(a)) return Array.isArray(b) && arraysEqual(a, b);
  if (a instanceof RegoSet) return b instanceof RegoSet && a.size === b.size && a.isSubsetOf(b);
  return isObject(a) && isObject(b) && objectsEqual(a, b);
}

function arraysEqual(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i];
    const y = b[i];
    if (x === undefined || y === undefined || !equal(x, y)) return false;
  }
  return true;
}

function objectsEqual(a: ObjectValue, b: ObjectValue): boolean {
  if (a instanceof RegoObject || b instanceof RegoObject) {
    if (objectSize(a) !== objectSize(b)) return false;
    const entries = objectEntries(b);
    return objectEntries(a).every(([key, value], i) => {
      const other = entries[i];
      return other !== undefined && equal(key, other[0]) && equal(value, other[1]);
    });
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    const x = ownValue(a, key);
    const y = ownValue(b, key);
    if (x === undefined || y === undefined || !equal(x, y)) return false;
  }
  return true;
}

/** The place of a value's type in the order of types. */
function rank(value: Value): number {
  switch (typeof value) {
    case "boolean":
      return 1;
    case "number":
    case "bigint":
      return 2;
    case "string":
      return 3;
    default:
      if (value === null) return 0;
      if (Array.isArray(value)) return 4;
      if (value instanceof RegoNumber) return 2;
      return value instanceof RegoSet ? 6 : 5;
  }
}

/**
 * OPA's total order: null, false, true, numbers, strings by bytes, arrays item by item, objects by their sorted entries,
 * sets by their sorted members. Negative, zero or positive.
 */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (typeof a === "boolean") return a ? 1 : -1;
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (a instanceof RegoSet && b instanceof RegoSet) return compareLists(a.sorted(), b.sorted());
  return isObject(a) && isObject(b) ? compareObjects(a, b) : 0;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a[i];
    const y = b[i];
    if (x !== undefined && y !== undefined) {
      const order = compare(x, y);
      if (order !== 0) return order;
    }
  }
  return a.length - b.length;
}

function compareObjects(a: ObjectValue, b: ObjectValue): number {
  const left = objectEntries(a);
  const right = objectEntries(b);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const x = left[i];
    const y = right[i];
    if (x !== undefined && y !== undefined) {
      const order = compare(x[0], y[0]) || compare(x[1], y[1]);
      if (order !== 0) return order;
    }
  }
  return left.length - right.length;
}

/** Sorts values in place, in OPA's order; equal ones keep theirs. */
export function sortValues(values: Value[]): Value[] {
  if (values.length < 2) return values;
  if (areStrings(values)) return sortStrings(values);
  if (areNumbers(values)) return values.sort((a, b) => a - b);
  return values.sort(compare);
}

function areStrings(values: Value[]): values is string[] {
  return values.every((value) => typeof value === "string");
}

function areNumbers(values: Value[]): values is number[] {
  return values.every((value) => typeof value === "number");
}
