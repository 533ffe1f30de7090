import type { RegoNumber } from "./number.ts";
import type { RegoObject } from "./object.ts";
import type { RegoSet } from "./set.ts";

/**
 * A Rego value at run time. JSON input is a value as it is: no conversion pass runs over it.
 *
 * Numbers have three forms, each number exactly one: a safe integer or a number that a double prints back as it was
 * written is a `number`; any other integer is a `bigint`; the rest (`1.0`, `1e3`, 20 digits and a fraction) keep their
 * text in a `RegoNumber`. Objects are plain while every key is a string, else `RegoObject`. Undefined is `undefined`.
 * Values are immutable once another part of an evaluation can see them.
 */
export type Value = null | boolean | string | NumericValue | readonly Value[] | PlainObject | RegoObject | RegoSet;

export type NumericValue = number | bigint | RegoNumber;

/** An object with string keys. Only own properties count; read it through `ownValue`. */
export interface PlainObject {
  readonly [key: string]: Value;
}

/** A plain object under construction. */
export type MutableObject = Record<string, Value>;

/** A value known to be an object, whatever its keys. */
export type ObjectValue = PlainObject | RegoObject;

/**
 * The own property `key` of `object`, or undefined. What a plain object inherits are functions, which are no values,
 * and `__proto__`: only those need the slower question.
 */
export function ownValue(object: PlainObject, key: string): Value | undefined {
  const value: unknown = object[key];
  if (typeof value !== "function" && key !== "__proto__") return object[key];
  return Object.hasOwn(object, key) && typeof value !== "function" ? object[key] : undefined;
}

/** Sets an own property, also for the one key that assignment would not make a property of. */
export function setOwn(object: MutableObject, key: string, value: Value): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}
