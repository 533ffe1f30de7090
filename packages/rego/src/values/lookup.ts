import { intOf, RegoNumber } from "./number.ts";
import { RegoObject } from "./object.ts";
import { RegoSet } from "./set.ts";
import { isArray, isPlainObject } from "./kinds.ts";
import { ownValue, type Value } from "./value.ts";

/** What `value[key]` is: the item at an index, the value at a key, the member itself of a set; else undefined. */
export function lookup(value: Value, key: Value): Value | undefined {
  if (isArray(value)) return arrayItem(value, key);
  if (typeof value !== "object" || value === null || value instanceof RegoNumber) return undefined;
  if (value instanceof RegoSet) return value.has(key) ? key : undefined;
  if (value instanceof RegoObject) return value.get(key);
  return typeof key === "string" && isPlainObject(value) ? ownValue(value, key) : undefined;
}

export function arrayItem(array: readonly Value[], index: Value): Value | undefined {
  if (typeof index === "number") return array[index];
  if (!(index instanceof RegoNumber)) return undefined;
  const position = intOf(index);
  return position === undefined ? undefined : array[position];
}
