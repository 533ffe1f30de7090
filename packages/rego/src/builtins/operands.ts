import { isArray, isNumber, isObject, isSet, typeName } from "../values/kinds.ts";
import { intOf, integerOf } from "../values/number.ts";
import type { RegoSet } from "../values/set.ts";
import type { NumericValue, ObjectValue, Value } from "../values/value.ts";
import { BuiltinError } from "./errors.ts";

/*
 * Each builtin takes its operands apart with these, so that a wrong one is told in OPA's words. Positions count from
 * one, but for those places where OPA itself counts wrongly.
 */

export function operandError(position: number, message: string): BuiltinError {
  return new BuiltinError(`operand ${position} ${message}`, "eval_type_error");
}

export function typeError(position: number, got: Value, ...expected: string[]): BuiltinError {
  const wanted = expected.length === 1 ? expected[0] : `one of {${expected.join(", ")}}`;
  return operandError(position, `must be ${wanted} but got ${typeName(got)}`);
}

/** The error for a member of a collection. */
export function elementError(position: number, collection: Value, got: Value, ...expected: string[]): BuiltinError {
  const kind = typeName(collection);
  const wanted = expected.length === 1 ? `${expected[0]}s` : `(any of) {${expected.join(", ")}}`;
  return operandError(position, `must be ${kind} of ${wanted} but got ${kind} containing ${typeName(got)}`);
}

export function stringOperand(value: Value, position: number): string {
  if (typeof value === "string") return value;
  throw typeError(position, value, "string");
}

export function numberOperand(value: Value, position: number): NumericValue {
  if (isNumber(value)) return value;
  throw typeError(position, value, "number");
}

export function intOperand(value: Value, position: number): number {
  if (!isNumber(value)) throw typeError(position, value, "number");
  const int = intOf(value);
  if (int === undefined) throw operandError(position, "must be integer number but got floating-point number");
  return int;
}

export function bigIntOperand(value: Value, position: number): bigint {
  if (!isNumber(value)) throw typeError(position, value, "integer");
  const integer = integerOf(value);
  if (integer === undefined) throw operandError(position, "must be integer number but got floating-point number");
  return integer;
}

export function arrayOperand(value: Value, position: number): readonly Value[] {
  if (isArray(value)) return value;
  throw typeError(position, value, "array");
}

export function setOperand(value: Value, position: number): RegoSet {
  if (isSet(value)) return value;
  throw typeError(position, value, "set");
}

export function objectOperand(value: Value, position: number): ObjectValue {
  if (isObject(value)) return value;
  throw typeError(position, value, "object");
}

/** The members of an array or, in order, of a set; undefined for anything else. */
export function membersOf(value: Value): readonly Value[] | undefined {
  if (isArray(value)) return value;
  return isSet(value) ? value.sorted() : undefined;
}

/** The strings of an array or set of them. */
export function stringsOperand(value: Value, position: number): readonly string[] {
  const members = membersOf(value);
  if (members === undefined) throw typeError(position, value, "array", "set");
  const strings: string[] = [];
  for (const member of members) {
    if (typeof member !== "string") throw elementError(position, value, member, "string");
    strings.push(member);
  }
  return strings;
}
