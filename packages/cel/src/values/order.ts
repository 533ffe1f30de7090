import { CelError, Duration, Timestamp, Uint, type Value } from "./value.ts";

const NO_OVERLOAD = new CelError("no such overload");
const NOT_A_NUMBER = new CelError("NaN values cannot be ordered");

/** -1, 0 or 1; an error where the two have no order. */
export function compare(left: Value, right: Value): number | CelError {
  switch (typeof left) {
    case "bigint":
    case "number": {
      if (Number.isNaN(left) || Number.isNaN(right)) return NOT_A_NUMBER;
      return compareNumbers(left, right) ?? NO_OVERLOAD;
    }
    case "string":
      return typeof right === "string" ? compareTexts(left, right) : NO_OVERLOAD;
    case "boolean":
      return typeof right === "boolean" ? Number(left) - Number(right) : NO_OVERLOAD;
    default:
      break;
  }
  if (left instanceof Uint) return Number.isNaN(right) ? NOT_A_NUMBER : (compareNumbers(left, right) ?? NO_OVERLOAD);
  if (left instanceof Timestamp)
    return right instanceof Timestamp ? order(left.nanoseconds, right.nanoseconds) : NO_OVERLOAD;
  if (left instanceof Duration)
    return right instanceof Duration ? order(left.nanoseconds, right.nanoseconds) : NO_OVERLOAD;
  if (left instanceof Uint8Array) return right instanceof Uint8Array ? compareBytes(left, right) : NO_OVERLOAD;
  return NO_OVERLOAD;
}

function order<T extends bigint | number>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Numbers of any type by their amount; undefined where one is no number. Whole numbers lose digits beside a double, as they do in Go. */
export function compareNumbers(left: Value, right: Value): number | undefined {
  const first = left instanceof Uint ? left.value : left;
  const second = right instanceof Uint ? right.value : right;
  if (typeof first === "bigint" && typeof second === "bigint") return order(first, second);
  if (typeof first !== "bigint" && typeof first !== "number") return undefined;
  if (typeof second !== "bigint" && typeof second !== "number") return undefined;
  if (Number.isNaN(first) || Number.isNaN(second)) return undefined;
  return order(Number(first), Number(second));
}

/** By code point, which is the order of their UTF-8 bytes. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = left.charCodeAt(index) - right.charCodeAt(index);
    if (difference !== 0) return codePointOrder(left.charCodeAt(index), right.charCodeAt(index));
  }
  return order(left.length, right.length);
}

/** Surrogates stand for code points above all others. */
function codePointOrder(left: number, right: number): number {
  const lift = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
  return order(lift(left), lift(right));
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return order(left.length, right.length);
}
