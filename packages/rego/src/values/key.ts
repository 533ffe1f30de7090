import { isPlainObject } from "./kinds.ts";
import { numberKey, RegoNumber } from "./number.ts";
import { RegoObject } from "./object.ts";
import { RegoSet } from "./set.ts";
import { sortStrings } from "./utf8.ts";
import type { Value } from "./value.ts";

/** A value that JavaScript's own maps find by value. */
export type ScalarKey = string | number | bigint | boolean | null;

/** The key of a scalar in a map of scalars, or undefined if its key is only found by `compositeKey`. */
export function scalarKey(value: Value): ScalarKey | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "bigint":
      return value;
    case "number": {
      if (Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
      const key = numberKey(value);
      return typeof key === "string" ? undefined : key;
    }
    default: {
      if (value === null) return null;
      if (!(value instanceof RegoNumber)) return undefined;
      const key = numberKey(value);
      return typeof key === "string" ? undefined : key;
    }
  }
}

/** One text for all equal values and for no others. */
export function compositeKey(value: Value): string {
  switch (typeof value) {
    case "string":
      return stringKey(value);
    case "number":
    case "bigint":
      return String(numberKey(value));
    case "boolean":
      return value ? "t" : "f";
    default:
      break;
  }
  if (value === null) return "n";
  if (Array.isArray(value)) return arrayKey(value);
  if (value instanceof RegoSet) {
    const keys: string[] = [];
    for (const member of value.values()) keys.push(compositeKey(member));
    return `<${sortStrings(keys).join(",")}>`;
  }
  if (value instanceof RegoNumber) return String(numberKey(value));
  const keys: string[] = [];
  if (value instanceof RegoObject) {
    for (const [key, item] of value.entries()) keys.push(`${compositeKey(key)}:${compositeKey(item)}`);
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) keys.push(`${stringKey(key)}:${compositeKey(item)}`);
  }
  return `{${sortStrings(keys).join(",")}}`;
}

/** With its length before it, a string needs no escapes to end where it ends. */
function stringKey(text: string): string {
  return `${text.length}"${text}`;
}

function arrayKey(array: readonly Value[]): string {
  let key = "[";
  for (const item of array) key += `${compositeKey(item)},`;
  return `${key}]`;
}
