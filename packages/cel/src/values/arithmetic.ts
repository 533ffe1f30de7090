import { concatenated } from "./list.ts";
import { isInRange } from "./time.ts";
import { CelError, Duration, ListValue, Timestamp, Uint, type Value } from "./value.ts";

export const NO_OVERLOAD: CelError = new CelError("no such overload");
const INT_OVERFLOW = new CelError("integer overflow");
const UINT_OVERFLOW = new CelError("unsigned integer overflow");
const TIMESTAMP_OVERFLOW = new CelError("timestamp overflow");

const MIN_INT = -(1n << 63n);
const MAX_INT = (1n << 63n) - 1n;
const MAX_UINT = (1n << 64n) - 1n;

/** Within 64 bits, or an error. */
export function checkedInt(value: bigint): bigint | CelError {
  return value < MIN_INT || value > MAX_INT ? INT_OVERFLOW : value;
}

export function checkedUint(value: bigint): Uint | CelError {
  return value < 0n || value > MAX_UINT ? UINT_OVERFLOW : new Uint(value);
}

function checkedDuration(nanoseconds: bigint): Duration | CelError {
  return nanoseconds < MIN_INT || nanoseconds > MAX_INT ? INT_OVERFLOW : new Duration(nanoseconds);
}

function checkedTimestamp(nanoseconds: bigint, offsetMinutes: number): Timestamp | CelError {
  return isInRange(nanoseconds) ? new Timestamp(nanoseconds, offsetMinutes) : TIMESTAMP_OVERFLOW;
}

/** undefined where the left operand's type has no such operator at all. */
export function add(left: Value, right: Value): Value | undefined {
  if (typeof left === "bigint") return typeof right === "bigint" ? checkedInt(left + right) : NO_OVERLOAD;
  if (typeof left === "string") return typeof right === "string" ? left + right : NO_OVERLOAD;
  if (typeof left === "number") return typeof right === "number" ? left + right : NO_OVERLOAD;
  if (left instanceof ListValue) return right instanceof ListValue ? concatenated(left, right) : NO_OVERLOAD;
  if (left instanceof Uint) return right instanceof Uint ? checkedUint(left.value + right.value) : NO_OVERLOAD;
  if (left instanceof Duration) {
    if (right instanceof Duration) return checkedDuration(left.nanoseconds + right.nanoseconds);
    if (right instanceof Timestamp) return checkedTimestamp(right.nanoseconds + left.nanoseconds, right.offsetMinutes);
    return NO_OVERLOAD;
  }
  if (left instanceof Timestamp) {
    return right instanceof Duration
      ? checkedTimestamp(left.nanoseconds + right.nanoseconds, left.offsetMinutes)
      : NO_OVERLOAD;
  }
  if (left instanceof Uint8Array)
    return right instanceof Uint8Array ? new Uint8Array([...left, ...right]) : NO_OVERLOAD;
  return undefined;
}

export function subtract(left: Value, right: Value): Value | undefined {
  if (typeof left === "bigint") return typeof right === "bigint" ? checkedInt(left - right) : NO_OVERLOAD;
  if (typeof left === "number") return typeof right === "number" ? left - right : NO_OVERLOAD;
  if (left instanceof Uint) return right instanceof Uint ? checkedUint(left.value - right.value) : NO_OVERLOAD;
  if (left instanceof Duration) {
    return right instanceof Duration ? checkedDuration(left.nanoseconds - right.nanoseconds) : NO_OVERLOAD;
  }
  if (left instanceof Timestamp) {
    if (right instanceof Timestamp) return checkedDuration(left.nanoseconds - right.nanoseconds);
    if (right instanceof Duration) return checkedTimestamp(left.nanoseconds - right.nanoseconds, left.offsetMinutes);
    return NO_OVERLOAD;
  }
  return undefined;
}

export function multiply(left: Value, right: Value): Value | undefined {
  if (typeof left === "bigint") return typeof right === "bigint" ? checkedInt(left * right) : NO_OVERLOAD;
  if (typeof left === "number") return typeof right === "number" ? left * right : NO_OVERLOAD;
  if (left instanceof Uint) return right instanceof Uint ? checkedUint(left.value * right.value) : NO_OVERLOAD;
  return undefined;
}

export function divide(left: Value, right: Value): Value | undefined {
  if (typeof left === "number") return typeof right === "number" ? left / right : NO_OVERLOAD;
  return divideWhole(left, right, "division by zero", (dividend, divisor) => dividend / divisor);
}

export function modulo(left: Value, right: Value): Value | undefined {
  // Go rejects the one quotient that does not fit for the remainder too.
  if (left === MIN_INT && right === -1n) return INT_OVERFLOW;
  return divideWhole(left, right, "modulus by zero", (dividend, divisor) => dividend % divisor);
}

function divideWhole(
  left: Value,
  right: Value,
  zero: string,
  operation: (dividend: bigint, divisor: bigint) => bigint,
): Value | undefined {
  if (typeof left === "bigint") {
    if (typeof right !== "bigint") return NO_OVERLOAD;
    return right === 0n ? new CelError(zero) : checkedInt(operation(left, right));
  }
  if (left instanceof Uint) {
    if (!(right instanceof Uint)) return NO_OVERLOAD;
    return right.value === 0n ? new CelError(zero) : checkedUint(operation(left.value, right.value));
  }
  return undefined;
}

export function negate(value: Value): Value | undefined {
  if (typeof value === "bigint") return checkedInt(-value);
  if (typeof value === "number") return -value;
  if (value instanceof Duration) return checkedDuration(-value.nanoseconds);
  return typeof value === "boolean" ? NO_OVERLOAD : undefined;
}
