import type { NumericValue } from "./value.ts";

/**
 * A number that neither a double nor an integer holds as OPA prints it: `1.0`, `1e3`, `-0`, decimals of many digits.
 * OPA keeps a number as its text; so does this. Two texts of one amount are equal values.
 */
export class RegoNumber {
  readonly text: string;
  #decimal: Decimal | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get decimal(): Decimal {
    return (this.#decimal ??= parseDecimal(this.text));
  }
}

/** An exact amount: (-1)^negative * digits * 10^exponent, digits not divisible by ten, zero as 0 * 10^0. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly exponent: number;
}

const zero: Decimal = { negative: false, digits: 0n, exponent: 0 };

export function parseDecimal(given: string): Decimal {
  const text = given.replaceAll("_", "");
  const negative = text.startsWith("-");
  const unsigned = negative || text.startsWith("+") ? text.slice(1) : text;
  const mark = unsigned.search(/[eE]/);
  const mantissa = mark < 0 ? unsigned : unsigned.slice(0, mark);
  const dot = mantissa.indexOf(".");
  let digits = dot < 0 ? mantissa : mantissa.slice(0, dot) + mantissa.slice(dot + 1);
  let exponent = (mark < 0 ? 0 : Number(unsigned.slice(mark + 1))) - (dot < 0 ? 0 : mantissa.length - dot - 1);
  const trimmed = withoutTrailingZeros(digits);
  exponent += digits.length - trimmed.length;
  digits = trimmed;
  const amount = digits === "" ? 0n : BigInt(digits);
  return amount === 0n ? zero : { negative, digits: amount, exponent };
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end -= 1;
  return digits.slice(0, end);
}

export function decimalOf(value: NumericValue): Decimal {
  if (value instanceof RegoNumber) return value.decimal;
  return parseDecimal(String(value));
}

/** -1, 0 or 1. Never expands an exponent further than the digits of the other number reach. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.digits === 0n || b.digits === 0n || a.negative !== b.negative)
    return signOf(a) - signOf(b) < 0 ? -1 : +(signOf(a) !== signOf(b));
  const magnitude = compareMagnitudes(a, b);
  return a.negative ? -magnitude + 0 : magnitude;
}

function signOf(decimal: Decimal): number {
  if (decimal.digits === 0n) return 0;
  return decimal.negative ? -1 : 1;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  const leadA = a.digits.toString().length + a.exponent;
  const leadB = b.digits.toString().length + b.exponent;
  if (leadA !== leadB) return leadA < leadB ? -1 : 1;
  const low = Math.min(a.exponent, b.exponent);
  const scaledA = a.digits * 10n ** BigInt(a.exponent - low);
  const scaledB = b.digits * 10n ** BigInt(b.exponent - low);
  if (scaledA === scaledB) return 0;
  return scaledA < scaledB ? -1 : 1;
}

export function compareNumbers(a: NumericValue, b: NumericValue): number {
  if (typeof a === "number" && typeof b === "number") {
    if (a === b) return 0;
    return a < b ? -1 : 1;
  }
  if (typeof a === "bigint" && typeof b === "bigint") {
    if (a === b) return 0;
    return a < b ? -1 : 1;
  }
  return compareDecimals(decimalOf(a), decimalOf(b));
}

/** The text of a number as OPA prints it and writes it into JSON. */
export function numberText(value: NumericValue): string {
  return value instanceof RegoNumber ? value.text : String(value);
}

/** OPA refuses numbers whose binary exponent passes this, for printing them costs too much. */
const maxBinaryExponent = 1e5;
const maxDecimalExponent = Math.floor(maxBinaryExponent * Math.LOG10E * Math.LN2);

/**
 * The value of a number's text (JSON's grammar, or what OPA's arithmetic prints).
 * Returns undefined for one too big or too small to be handled, as OPA's `number too big`.
 */
export function numberFromText(text: string): NumericValue | undefined {
  const length = text.length;
  const number = Number(text);
  if (length < 16 && String(number) === text) return number;
  if (isIntegerText(text)) {
    if (Number.isSafeInteger(number) && String(number) === text) return number;
    const integer = BigInt(text.startsWith("+") ? text.slice(1) : text);
    return isCanonicalIntegerText(text) ? bigintValue(integer) : new RegoNumber(text);
  }
  if (Number.isFinite(number) && String(number) === text) return number;
  const result = new RegoNumber(text);
  if (/[eE]/.test(text)) {
    const { digits, exponent } = result.decimal;
    const lead = digits === 0n ? 0 : digits.toString().length + exponent;
    if (Math.abs(lead) > maxDecimalExponent + 1) return undefined;
  }
  return result;
}

function isIntegerText(text: string): boolean {
  return /^[+-]?[0-9]+$/.test(text);
}

function isCanonicalIntegerText(text: string): boolean {
  return /^(?:0|-?[1-9][0-9]*)$/.test(text);
}

/** An integer in its one form. */
export function bigintValue(integer: bigint): number | bigint {
  return integer >= -9007199254740991n && integer <= 9007199254740991n ? Number(integer) : integer;
}

/** The integer a number is, whatever its text (`1.0` and `1e3` are integers), or undefined. */
export function integerOf(value: NumericValue): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return BigInt(value);
    if (!Number.isInteger(value)) return undefined;
  }
  const { negative, digits, exponent } = decimalOf(value);
  if (exponent < 0) return undefined;
  const magnitude = digits * 10n ** BigInt(exponent);
  return negative ? -magnitude : magnitude;
}

/**
 * A 64-bit integer from a number that is written as one: digits, and at most zeros after a point. `1e3` is not, which
 * is what OPA's integer operands take.
 */
export function intOf(value: NumericValue): number | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value + 0 : undefined;
  if (typeof value === "bigint") {
    return value >= -(2n ** 63n) && value < 2n ** 63n ? Number(value) : undefined;
  }
  if (!/^[+-]?[0-9]*\.?0*$/.test(value.text) || value.text.length > 20) return undefined;
  const integer = integerOf(value);
  return integer === undefined ? undefined : Number(integer);
}

/** As `intOf`, without losing digits. */
export function int64Of(value: NumericValue): bigint | undefined {
  if (typeof value === "bigint") return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
  const int = intOf(value);
  return int === undefined ? undefined : BigInt(int);
}

/** The one primitive, among those of equal numbers, that a number is known by in keys. */
export function numberKey(value: NumericValue): number | bigint | string {
  if (typeof value === "number" && (Number.isSafeInteger(value) || !Number.isInteger(value))) return value + 0;
  if (typeof value === "bigint") return value;
  const integer = integerOf(value);
  if (integer !== undefined) return bigintValue(integer);
  const { negative, digits, exponent } = decimalOf(value);
  const number = Number(`${negative ? "-" : ""}${digits}e${exponent}`);
  if (Number.isFinite(number) && compareDecimals(decimalOf(number), decimalOf(value)) === 0) return number;
  return `${negative ? "-" : ""}${digits}e${exponent}`;
}
