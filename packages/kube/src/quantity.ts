/**
 * Resource quantities, exactly as k8s.io/apimachinery api/resource reads, compares and prints them.
 */
export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

export interface Quantity {
  readonly kind: "quantity";
  /** The amount in units of 10^-9: nothing finer is kept. */
  readonly nano: bigint;
  /** How it was written; chooses the suffixes of its canonical form. */
  readonly format: QuantityFormat;
}

export type ParsedQuantity = Quantity | { readonly kind: "error"; readonly message: string };

const NANO = 1_000_000_000n;
const MAX = ((1n << 63n) - 1n) * NANO;
const SYNTAX = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?)([0-9]*)$/;

const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** Beyond this power of ten nothing that Kubernetes accepts differs any more, and numbers would only grow. */
const MAX_EXPONENT = 400;

const FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC_ERROR = "unable to parse numeric part of quantity";
const SUFFIX_ERROR = "unable to parse quantity's suffix";

/**
 * `100m`, `1.5Gi`, `1e3`, `-5`, ... as decoding an object reads it: spaces around it do not matter. Finer amounts than a nano
 * are rounded away from zero; amounts with a binary suffix are capped at 2^63-1, as the API server does.
 */
export function parseQuantity(quantity: string | number): ParsedQuantity {
  const text = String(quantity).trim();
  const match = SYNTAX.exec(text);
  if (text === "" || match === null) return { kind: "error", message: FORMAT_ERROR };
  const [, sign = "", whole = "", fraction = "", letters = "", exponentSign = "", exponentDigits = ""] = match;
  const suffix = suffixOf(letters, exponentSign, exponentDigits);
  if (suffix === undefined) return { kind: "error", message: SUFFIX_ERROR };
  const number = whole.replace(/^0+(?=.)/, "") || "0";
  const { base, exponent } = suffix;
  const fast = base === 2 ? isFastPath(number, fraction, exponent) : exponent >= -9;
  // Go's fast path reads a missing number as zero, its slow path does not.
  if (whole + fraction === "" && !fast) return { kind: "error", message: NUMERIC_ERROR };
  const amount = scaled(BigInt(number + fraction), fraction.length, base, exponent);
  const capped = base === 2 && amount > MAX && !fast;
  const nano = capped ? MAX : amount;
  const format = base === 2 && nano > 0n && nano < NANO ? "DecimalSI" : suffix.format;
  return { kind: "quantity", nano: sign === "-" ? -nano : nano, format };
}

function suffixOf(
  letters: string,
  sign: string,
  digits: string,
): { readonly base: 2 | 10; readonly exponent: number; readonly format: QuantityFormat } | undefined {
  if (sign === "" && digits === "") {
    if (Object.hasOwn(DECIMAL, letters)) return { base: 10, exponent: DECIMAL[letters] ?? 0, format: "DecimalSI" };
    if (Object.hasOwn(BINARY, letters)) return { base: 2, exponent: BINARY[letters] ?? 0, format: "BinarySI" };
    return undefined;
  }
  if ((letters !== "e" && letters !== "E") || digits === "") return undefined;
  const exponent = Number(sign + digits);
  return { base: 10, exponent: Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, exponent)), format: "DecimalExponent" };
}

/** `digits` with `places` behind the point, times base^exponent, in nanos, rounded up. */
function scaled(digits: bigint, places: number, base: 2 | 10, exponent: number): bigint {
  const power = (base === 10 ? exponent : 0) - places + 9;
  const multiplied = base === 2 ? digits << BigInt(exponent) : digits;
  if (power >= 0) return multiplied * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (multiplied + divisor - 1n) / divisor;
}

/** Whether Go keeps a binary amount as an int64 with a scale, which is not capped. */
function isFastPath(number: string, fraction: string, exponent: number): boolean {
  return fraction === "" && 15 - number.length - Math.trunc((exponent * 3) / 10) - 1 >= 0;
}

/** Negative, zero or positive, as `left` is less than, equal to or greater than `right`. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  return left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0;
}

/** The amount in whole units, rounded away from zero (`Value()`), or in thousandths for `milli` (`MilliValue()`). */
export function quantityValue(quantity: Quantity, unit: "one" | "milli" = "one"): bigint {
  return roundedBy(quantity.nano, unit === "one" ? NANO : 1_000_000n);
}

function roundedBy(nano: bigint, divisor: bigint): bigint {
  const whole = nano / divisor;
  if (nano % divisor === 0n) return whole;
  return nano > 0n ? whole + 1n : whole - 1n;
}

/** The canonical form, which the API server stores: no fraction, the largest suffix that loses nothing. */
export function formatQuantity(quantity: Quantity): string {
  const { nano } = quantity;
  if (nano === 0n) return "0";
  const small = nano > -1024n * NANO && nano < 1024n * NANO;
  if (quantity.format === "BinarySI" && !small && nano % NANO === 0n) return formatBinary(nano / NANO);
  return formatDecimal(nano, quantity.format === "DecimalExponent");
}

function formatBinary(whole: bigint): string {
  let value = whole;
  let power = 0;
  while (power < 60 && value % 1024n === 0n) {
    value /= 1024n;
    power += 10;
  }
  const suffix = Object.keys(BINARY).find((key) => BINARY[key] === power) ?? "";
  return `${value}${suffix}`;
}

function formatDecimal(nano: bigint, exponential: boolean): string {
  let value = nano;
  let exponent = -9;
  const largest = exponential ? Infinity : 18;
  while (exponent < largest && value % 1000n === 0n) {
    value /= 1000n;
    exponent += 3;
  }
  if (exponential) return exponent === 0 ? String(value) : `${value}e${exponent}`;
  const suffix = Object.keys(DECIMAL).find((key) => DECIMAL[key] === exponent) ?? "";
  return `${value}${suffix}`;
}
