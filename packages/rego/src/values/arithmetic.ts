import {
  type BigFloat,
  bigFloatFromInteger,
  bigFloatFromText,
  bigFloatText,
  difference,
  isInteger,
  product,
  quotient,
  sum,
  truncated,
} from "./big-float.ts";
import { bigintValue, integerOf, numberFromText, numberText, RegoNumber } from "./number.ts";
import type { NumericValue } from "./value.ts";

export function toBigFloat(value: NumericValue): BigFloat {
  return bigFloatFromText(numberText(value).replaceAll("_", ""));
}

export function fromBigFloat(float: BigFloat): NumericValue {
  const text = bigFloatText(float);
  return numberFromText(text) ?? new RegoNumber(text);
}

/**
 * Whether a double is a multiple of 1/256 with at most fifteen digits: then it is what its decimal text says, and
 * neither 53 nor 64 bits round it, so that double arithmetic gives OPA's digits. Zero is left out for its sign, and
 * what OPA prints with an exponent (from a million) for its text.
 */
function isExactFraction(n: number): boolean {
  return n * 256 === Math.trunc(n * 256) && n < 1e6 && n > -1e6 && (n >= 0.0625 || n <= -0.0625);
}

function isExactOperand(n: number): boolean {
  return n * 256 === Math.trunc(n * 256) && n < 1e6 && n > -1e6;
}

export function add(a: NumericValue, b: NumericValue): NumericValue {
  if (typeof a === "number" && typeof b === "number") {
    const result = a + b;
    if (Number.isSafeInteger(result) && Number.isSafeInteger(a) && Number.isSafeInteger(b)) return result;
    if (isExactFraction(result) && isExactOperand(a) && isExactOperand(b)) return result;
  }
  const x = integerOf(a);
  const y = x === undefined ? undefined : integerOf(b);
  if (x !== undefined && y !== undefined) return bigintValue(x + y);
  return fromBigFloat(sum(toBigFloat(a), toBigFloat(b)));
}

export function subtract(a: NumericValue, b: NumericValue): NumericValue {
  if (typeof a === "number" && typeof b === "number") {
    const result = a - b;
    if (Number.isSafeInteger(result) && Number.isSafeInteger(a) && Number.isSafeInteger(b)) return result;
    if (isExactFraction(result) && isExactOperand(a) && isExactOperand(b)) return result;
  }
  const x = integerOf(a);
  const y = x === undefined ? undefined : integerOf(b);
  if (x !== undefined && y !== undefined) return bigintValue(x - y);
  return fromBigFloat(difference(toBigFloat(a), toBigFloat(b)));
}

export function multiply(a: NumericValue, b: NumericValue): NumericValue {
  if (typeof a === "number" && typeof b === "number") {
    const result = a * b;
    if (Number.isSafeInteger(result) && Number.isSafeInteger(a) && Number.isSafeInteger(b)) return result + 0;
    if (isExactFraction(result) && isExactOperand(a) && isExactOperand(b)) return result;
  }
  const x = integerOf(a);
  const y = x === undefined ? undefined : integerOf(b);
  if (x !== undefined && y !== undefined) return bigintValue(x * y);
  return fromBigFloat(product(toBigFloat(a), toBigFloat(b)));
}

/** Undefined for a divisor of zero. */
export function divide(a: NumericValue, b: NumericValue): NumericValue | undefined {
  if (typeof a === "number" && typeof b === "number") {
    if (b === 0) return undefined;
    const result = a / b;
    if (a !== 0 && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
      if (a % b === 0) return result;
      if (isExactFraction(result) && result * b === a) return result;
    }
  }
  const y = toBigFloat(b);
  return y.mantissa === 0n ? undefined : fromBigFloat(quotient(toBigFloat(a), y));
}

export type RemainderFailure = "modulo by zero" | "modulo on floating-point number";

export function remainder(a: NumericValue, b: NumericValue): NumericValue | RemainderFailure {
  if (typeof a === "number" && typeof b === "number" && Number.isSafeInteger(a) && Number.isSafeInteger(b) && b !== 0) {
    return (a % b) + 0;
  }
  const x = integerOf(a);
  const y = x === undefined ? undefined : integerOf(b);
  if (x === undefined || y === undefined) return "modulo on floating-point number";
  return y === 0n ? "modulo by zero" : bigintValue(x % y);
}

/** OPA takes only integers of 32 bits as they are; larger ones are rounded to 64 bits like any other number. */
function isSmall(n: NumericValue): n is number {
  return typeof n === "number" && Number.isInteger(n) && n >= -0x8000_0000 && n <= 0x7fff_ffff;
}

export function absolute(a: NumericValue): NumericValue {
  if (typeof a === "number" && (Number.isSafeInteger(a) || isExactFraction(a))) return Math.abs(a);
  return fromBigFloat({ ...toBigFloat(a), negative: false });
}

const half: BigFloat = { negative: false, mantissa: 1n, exponent: -1, precision: 53 };
const one: BigFloat = { negative: false, mantissa: 1n, exponent: 0, precision: 53 };

/** Half away from zero. */
export function round(a: NumericValue): NumericValue {
  if (isSmall(a)) return a + 0;
  const x = toBigFloat(a);
  return fromBigFloat(bigFloatFromInteger(truncated(x.negative ? difference(x, half) : sum(x, half))));
}

/** OPA's ceil: between -1 and 0 it gives 1, since the integer part it looks at has lost the sign. */
export function ceil(a: NumericValue): NumericValue {
  if (isSmall(a)) return a + 0;
  const x = toBigFloat(a);
  const whole = bigFloatFromInteger(truncated(x));
  return fromBigFloat(whole.negative || isInteger(x) ? whole : sum(whole, one));
}

/** OPA's floor: between -1 and 0 it gives 0, for the same reason as `ceil`. */
export function floor(a: NumericValue): NumericValue {
  if (isSmall(a)) return a + 0;
  const x = toBigFloat(a);
  const whole = bigFloatFromInteger(truncated(x));
  return fromBigFloat(!whole.negative || isInteger(x) ? whole : difference(whole, one));
}

/** The sum of a list as OPA's `sum` has it where not all are integers: in 64 bits throughout. */
export function sumInFloats(numbers: readonly NumericValue[]): NumericValue {
  let result: BigFloat = { negative: false, mantissa: 0n, exponent: 0, precision: 64 };
  for (const number of numbers) result = sum(result, toBigFloat(number));
  return fromBigFloat(result);
}

/** The product of a list as OPA's `product` has it where not all are integers: in 53 bits, those of its first factor. */
export function productInDoubles(numbers: readonly NumericValue[]): NumericValue {
  let result: BigFloat = one;
  for (const number of numbers) result = product(result, toBigFloat(number), 53);
  return fromBigFloat(result);
}
