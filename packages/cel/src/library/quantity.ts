/** Kubernetes' quantities: `quantity("1.5Gi").isLessThan(quantity("2G"))`, as k8s.io/apimachinery api/resource computes with them. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { BOOL, DOUBLE, INT, STRING, structType, type Type } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { CelError, ObjectValue, isError, type Value } from "../values/value.ts";
import { textTest } from "./strings.ts";

const QUANTITY = structType("kubernetes.Quantity");

const MAX_INT = (1n << 63n) - 1n;
const SYNTAX = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?)([0-9]*)$/;
const FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC_ERROR = "unable to parse numeric part of quantity";
const SUFFIX_ERROR = "unable to parse quantity's suffix";

const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** Beyond this power of ten nothing differs any more, and numbers would only grow. */
const MAX_EXPONENT = 400;

/** An amount of unscaled x 10^scale. */
export class QuantityValue extends ObjectValue {
  readonly unscaled: bigint;
  readonly scale: number;
  /** Kept with any precision; else within 64 bits, which is what `asInteger` needs. */
  readonly isWide: boolean;

  constructor(unscaled: bigint, scale: number, isWide: boolean) {
    super();
    this.unscaled = unscaled;
    this.scale = scale;
    this.isWide = isWide;
  }

  override get type(): Type {
    return QUANTITY;
  }

  override equals(other: Value): boolean | CelError {
    return other instanceof QuantityValue ? this.compare(other) === 0 : NO_OVERLOAD;
  }

  compare(other: QuantityValue): number {
    const [left, right] = aligned(this, other);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** Undefined where the amount is not kept as a whole number of 64 bits. */
  asInteger(): bigint | undefined {
    if (this.isWide || this.scale < 0) return undefined;
    const whole = this.unscaled * 10n ** BigInt(this.scale);
    return whole > MAX_INT || whole < -MAX_INT - 1n ? undefined : whole;
  }

  plus(other: QuantityValue, sign: bigint): QuantityValue {
    if (other.unscaled === 0n && !this.isWide && !other.isWide) return this;
    if (this.unscaled === 0n && !this.isWide && !other.isWide) {
      return new QuantityValue(sign * other.unscaled, other.scale, false);
    }
    const [left, right] = aligned(this, other);
    const total = left + sign * right;
    const isWide =
      this.isWide || other.isWide || [left, right, total].some((part) => part > MAX_INT || part < -MAX_INT - 1n);
    return new QuantityValue(total, Math.min(this.scale, other.scale), isWide);
  }
}

function aligned(left: QuantityValue, right: QuantityValue): readonly [bigint, bigint] {
  const scale = Math.min(left.scale, right.scale);
  return [left.unscaled * 10n ** BigInt(left.scale - scale), right.unscaled * 10n ** BigInt(right.scale - scale)];
}

export function parseQuantity(text: string): QuantityValue | CelError {
  const match = SYNTAX.exec(text);
  if (text === "" || match === null) return new CelError(FORMAT_ERROR);
  const [, sign = "", digits = "", fraction = "", letters = "", exponentSign = "", exponentDigits = ""] = match;
  const suffix = suffixOf(letters, exponentSign, exponentDigits);
  if (suffix === undefined) return new CelError(SUFFIX_ERROR);
  const whole = digits.replace(/^0+(?=.)/, "") || "0";
  const amount = isNarrow(whole, fraction, suffix)
    ? narrowAmount(whole, fraction, suffix)
    : wideAmount(digits, whole, fraction, suffix);
  return amount instanceof CelError || sign !== "-"
    ? amount
    : new QuantityValue(-amount.unscaled, amount.scale, amount.isWide);
}

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
}

function suffixOf(letters: string, sign: string, digits: string): Suffix | undefined {
  if (sign === "" && digits === "") {
    if (Object.hasOwn(DECIMAL, letters)) return { base: 10, exponent: DECIMAL[letters] ?? 0 };
    return Object.hasOwn(BINARY, letters) ? { base: 2, exponent: BINARY[letters] ?? 0 } : undefined;
  }
  if ((letters !== "e" && letters !== "E") || digits === "") return undefined;
  return { base: 10, exponent: Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, Number(sign + digits))) };
}

/** Whether Go keeps an amount as a 64-bit number with a scale. */
function isNarrow(whole: string, fraction: string, { base, exponent }: Suffix): boolean {
  if (base === 10) return 18 - whole.length - fraction.length >= 0 && exponent - fraction.length >= -9;
  return fraction === "" && 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1 >= 0;
}

function narrowAmount(whole: string, fraction: string, { base, exponent }: Suffix): QuantityValue {
  if (base === 2) return new QuantityValue(BigInt(whole) << BigInt(exponent), 0, false);
  return new QuantityValue(BigInt(whole + fraction), exponent - fraction.length, false);
}

function wideAmount(
  digits: string,
  whole: string,
  fraction: string,
  { base, exponent }: Suffix,
): QuantityValue | CelError {
  if (digits + fraction === "") return new CelError(NUMERIC_ERROR);
  let unscaled = base === 2 ? BigInt(whole + fraction) << BigInt(exponent) : BigInt(whole + fraction);
  let scale = (base === 10 ? exponent : 0) - fraction.length;
  if (scale < -9) {
    const divisor = 10n ** BigInt(-9 - scale);
    unscaled = (unscaled + divisor - 1n) / divisor;
    scale = -9;
  }
  const [amount, most] = aligned(new QuantityValue(unscaled, scale, true), new QuantityValue(MAX_INT, 0, true));
  return amount > most ? new QuantityValue(MAX_INT, 0, true) : new QuantityValue(unscaled, scale, true);
}

function withQuantity(value: Value, use: (quantity: QuantityValue) => Value): Value {
  return value instanceof QuantityValue ? use(value) : NO_OVERLOAD;
}

function withBoth(left: Value, right: Value, use: (left: QuantityValue, right: QuantityValue) => Value): Value {
  return left instanceof QuantityValue && right instanceof QuantityValue ? use(left, right) : NO_OVERLOAD;
}

function sum(name: string, sign: bigint): FunctionDeclaration {
  return declareFunction(name, [
    memberOverload(`quantity_${name}`, [QUANTITY, QUANTITY], QUANTITY, (left = null, right = null) =>
      withBoth(left, right, (first, second) => first.plus(second, sign)),
    ),
    memberOverload(`quantity_${name}_int`, [QUANTITY, INT], QUANTITY, (left = null, right = null) =>
      withQuantity(left, (first) =>
        typeof right === "bigint" ? first.plus(new QuantityValue(right, 0, false), sign) : NO_OVERLOAD,
      ),
    ),
  ]);
}

function comparison(name: string, id: string, result: Type, use: (order: number) => Value): FunctionDeclaration {
  return declareFunction(name, [
    memberOverload(id, [QUANTITY, QUANTITY], result, (left = null, right = null) =>
      withBoth(left, right, (first, second) => use(first.compare(second))),
    ),
  ]);
}

export const QUANTITY_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("quantity", [
    overload("string_to_quantity", [STRING], QUANTITY, (text) =>
      typeof text === "string" ? parseQuantity(text) : NO_OVERLOAD,
    ),
  ]),
  textTest("isQuantity", "is_quantity_string", (text) => !isError(parseQuantity(text))),
  declareFunction("sign", [
    overload("quantity_sign", [QUANTITY], INT, (value = null) =>
      withQuantity(value, ({ unscaled }) => (unscaled > 0n ? 1n : unscaled < 0n ? -1n : 0n)),
    ),
  ]),
  comparison("isGreaterThan", "quantity_is_greater_than", BOOL, (order) => order > 0),
  comparison("isLessThan", "quantity_is_less_than", BOOL, (order) => order < 0),
  comparison("compareTo", "quantity_compare_to", INT, (order) => BigInt(order)),
  declareFunction("asApproximateFloat", [
    memberOverload("quantity_get_float", [QUANTITY], DOUBLE, (value = null) =>
      withQuantity(value, ({ unscaled, scale }) => Number(unscaled) * 10 ** scale),
    ),
  ]),
  declareFunction("asInteger", [
    memberOverload("quantity_get_int", [QUANTITY], INT, (value = null) =>
      withQuantity(value, (quantity) => quantity.asInteger() ?? new CelError("cannot convert value to integer")),
    ),
  ]),
  declareFunction("isInteger", [
    memberOverload("quantity_is_integer", [QUANTITY], BOOL, (value = null) =>
      withQuantity(value, (quantity) => quantity.asInteger() !== undefined),
    ),
  ]),
  sum("add", 1n),
  sum("sub", -1n),
];
