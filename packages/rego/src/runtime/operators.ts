import { add, multiply, subtract } from "../values/arithmetic.ts";
import { isArray, isNumber } from "../values/kinds.ts";
import { RegoObject } from "../values/object.ts";
import { compare, equal } from "../values/order.ts";
import { RegoSet } from "../values/set.ts";
import { characterCount } from "../values/utf8.ts";
import type { Value } from "../values/value.ts";
import { valuesOf } from "./access.ts";

/*
 * Builtins that generated code calls directly. Those that can fail return undefined for operands that they leave to
 * the builtin itself, which then gives the result or the error.
 */

export function isLess(a: Value, b: Value): boolean {
  return typeof a === "number" && typeof b === "number" ? a < b : compare(a, b) < 0;
}

export function isAtMost(a: Value, b: Value): boolean {
  return typeof a === "number" && typeof b === "number" ? a <= b : compare(a, b) <= 0;
}

export function isEqual(a: Value, b: Value): boolean {
  return a === b || equal(a, b);
}

export function quickPlus(a: Value, b: Value): Value | undefined {
  return isNumber(a) && isNumber(b) ? add(a, b) : undefined;
}

export function quickMinus(a: Value, b: Value): Value | undefined {
  return isNumber(a) && isNumber(b) ? subtract(a, b) : undefined;
}

export function quickMultiply(a: Value, b: Value): Value | undefined {
  return isNumber(a) && isNumber(b) ? multiply(a, b) : undefined;
}

export function quickCount(value: Value): Value | undefined {
  if (isArray(value)) return value.length;
  if (value instanceof RegoSet || value instanceof RegoObject) return value.size;
  return typeof value === "string" ? characterCount(value) : undefined;
}

export function quickStartsWith(text: Value, prefix: Value): Value | undefined {
  return typeof text === "string" && typeof prefix === "string" ? text.startsWith(prefix) : undefined;
}

export function quickEndsWith(text: Value, suffix: Value): Value | undefined {
  return typeof text === "string" && typeof suffix === "string" ? text.endsWith(suffix) : undefined;
}

export function quickContains(text: Value, part: Value): Value | undefined {
  return typeof text === "string" && typeof part === "string" ? text.includes(part) : undefined;
}

/** `value in collection` */
export function isMember(value: Value, collection: Value): boolean {
  if (collection instanceof RegoSet) return collection.has(value);
  const values = valuesOf(collection);
  if (values === undefined) return false;
  if (typeof value === "string") return values.includes(value);
  for (const item of values) if (isEqual(item, value)) return true;
  return false;
}
