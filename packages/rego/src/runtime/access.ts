import { isArray, isNumber, isObject } from "../values/kinds.ts";
import { type ScalarKey, scalarKey } from "../values/key.ts";
import { lookup } from "../values/lookup.ts";
import { numberText, RegoNumber } from "../values/number.ts";
import { objectGet, RegoObject, sortedKeys } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import { ownValue, type PlainObject, type Value } from "../values/value.ts";

/**
 * Names that a value answers to although no entry of it is called so: what arrays, strings, numbers and our own
 * classes inherit or own. Generated code reads every other name as a plain property, which V8 does fastest.
 */
const inherited: ReadonlySet<string> = new Set(
  [
    Object.prototype,
    Array.prototype,
    String.prototype,
    Number.prototype,
    Boolean.prototype,
    BigInt.prototype,
    RegoSet.prototype,
    RegoObject.prototype,
    RegoNumber.prototype,
    new RegoNumber("1.0"),
  ].flatMap((prototype) => Object.getOwnPropertyNames(prototype)),
);

/** Whether `value.name` can stand for the lookup of a key in any value but sets and objects of mixed keys. */
export function isPlainProperty(name: string): boolean {
  return !inherited.has(name) && !/^(?:0|[1-9][0-9]*)$/.test(name);
}

/** What a lookup gives where the plain property was undefined. */
export function memberElsewhere(value: Value | undefined, key: string): Value | undefined {
  return value instanceof RegoObject || value instanceof RegoSet ? lookup(value, key) : undefined;
}

/** `value[key]`, undefined where there is none. */
export function member(value: Value | undefined, key: Value): Value | undefined {
  return value === undefined ? undefined : lookup(value, key);
}

/**
 * As `member`, in a base document: OPA reads it by a path of texts, so that a number names the key of its digits too, and
 * the digits of a number an item.
 */
export function baseMember(value: Value | undefined, key: Value): Value | undefined {
  if (isObject(value) && isNumber(key)) return objectGet(value, numberText(key));
  if (isArray(value) && typeof key === "string") return isIndexText(key) ? value[Number(key)] : undefined;
  return member(value, key);
}

/** Whether a text names an item of an array that is a base document. */
export function isIndexText(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}

/** The keys by which a collection is walked, in OPA's order: none for an array, whose keys are its indices. */
export function keysOf(value: Value | undefined): readonly Value[] | undefined {
  if (value instanceof RegoSet) return value.sorted();
  if (value instanceof RegoObject) return value.sortedEntries().map((entry) => entry[0]);
  return isObject(value) ? orderedKeys(value) : undefined;
}

/** The values of a collection in the order of its keys; undefined for anything that is none. */
export function valuesOf(value: Value | undefined): readonly Value[] | undefined {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return value.sorted();
  if (value instanceof RegoObject) return value.sortedEntries().map((entry) => entry[1]);
  return isObject(value) ? valuesAt(value, orderedKeys(value)) : undefined;
}

/** The values of a collection at its own keys, as `keysOf` gave them. */
export function valuesAt(value: Value | undefined, keys: readonly Value[] | undefined): readonly Value[] | undefined {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return keys;
  if (keys === undefined || !isObject(value)) return undefined;
  const values: Value[] = [];
  for (const key of keys) {
    const item = objectGet(value, key);
    if (item !== undefined) values.push(item);
  }
  return values;
}

/** Sorting the keys of a large object again for each walk would cost more than the walk. */
const large = 16;
const keyOrders = new WeakMap<PlainObject, readonly string[]>();

function orderedKeys(object: PlainObject): readonly string[] {
  const keys = Object.keys(object);
  if (keys.length < 2) return keys;
  if (keys.length < large) return sortedKeys(object);
  let order = keyOrders.get(object);
  if (order === undefined || order.length !== keys.length) {
    order = sortedKeys(object);
    keyOrders.set(object, order);
  }
  return order;
}

/** As `keysOf`, in any order. */
export function unorderedKeysOf(value: Value | undefined): readonly Value[] | undefined {
  if (value instanceof RegoSet) return value.unordered();
  return isObject(value) && !(value instanceof RegoObject) ? Object.keys(value) : keysOf(value);
}

/** As `valuesOf`, in any order. */
export function unorderedValuesOf(value: Value | undefined): readonly Value[] | undefined {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return value.unordered();
  return isObject(value) && !(value instanceof RegoObject) ? Object.values(value) : valuesOf(value);
}

/** Whether the value is an array of this length, as a pattern of array asks. */
export function isArrayOf(value: Value | undefined, length: number): value is readonly Value[] {
  return isArray(value) && value.length === length;
}

/** Whether the value is an object with this many keys, as a pattern of object asks. */
export function isObjectOf(value: Value | undefined, size: number): boolean {
  if (value instanceof RegoObject) return value.size === size;
  return isObject(value) && Object.keys(value).length === size;
}

/** What a key of a pattern finds in an object; undefined in anything else. */
export function entryOf(value: Value | undefined, key: Value): Value | undefined {
  if (value instanceof RegoObject) return value.get(key);
  return isObject(value) && typeof key === "string" ? ownValue(value, key) : undefined;
}

/** What a table of constants is asked for: equal scalars are one key, and whatever is no scalar finds nothing. */
export function indexKey(value: Value | undefined): ScalarKey | undefined {
  return value === undefined || typeof value === "string" ? value : scalarKey(value);
}
