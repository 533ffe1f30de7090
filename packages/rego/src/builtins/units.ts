import { bigFloatFromText, product, truncated } from "../values/big-float.ts";
import { bigintValue, numberFromText, parseDecimal } from "../values/number.ts";
import { byteLength } from "../values/utf8.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { stringOperand } from "./operands.ts";
import { toLower } from "./unicode-case.ts";

const binaryPrefixes = ["ki", "mi", "gi", "ti", "pi", "ei"];
const decimalPrefixes = ["k", "m", "g", "t", "p", "e"];

const byteUnits: ReadonlyMap<string, bigint> = new Map<string, bigint>([
  ["", 1n],
  ...decimalPrefixes.flatMap((prefix, i): [string, bigint][] => {
    const size = 1000n ** BigInt(i + 1);
    return [
      [prefix, size],
      [`${prefix}b`, size],
    ];
  }),
  ...binaryPrefixes.flatMap((prefix, i): [string, bigint][] => {
    const size = 1024n ** BigInt(i + 1);
    return [
      [prefix, size],
      [`${prefix}b`, size],
    ];
  }),
]);

/** Units of Kubernetes' kind: `m` is a thousandth, `M` a million, and the case of other first letters is free. */
const siUnits: ReadonlyMap<string, bigint> = new Map<string, bigint>([
  ["", 1n],
  ...["k", "K"].map((unit): [string, bigint] => [unit, 1000n]),
  ["M", 1_000_000n],
  ...["g", "t", "p", "e"].flatMap((unit, i): [string, bigint][] => {
    const size = 1000n ** BigInt(i + 3);
    return [
      [unit, size],
      [unit.toUpperCase(), size],
    ];
  }),
  ...binaryPrefixes.flatMap((prefix, i): [string, bigint][] => {
    const size = 1024n ** BigInt(i + 1);
    return [
      [prefix, size],
      [prefix.charAt(0).toUpperCase() + prefix.slice(1), size],
    ];
  }),
]);

/** Units as they are mostly written, with sizes that are exact as numbers. */
function spelled(units: ReadonlyMap<string, bigint>, spellings: (unit: string) => readonly string[]): Sizes {
  const small = [...units].filter(([, size]) => size <= BigInt(Number.MAX_SAFE_INTEGER));
  return new Map(
    small.flatMap(([unit, size]) => spellings(unit).map((text): [string, number] => [text, Number(size)])),
  );
}

type Sizes = ReadonlyMap<string, number>;

const byteSizes = spelled(byteUnits, (unit) => {
  const first = unit.slice(0, 1).toUpperCase();
  return [unit, first + unit.slice(1), first + unit.slice(1).replace("b", "B"), unit.toUpperCase()];
});
const siSizes = spelled(siUnits, (unit) => [unit]);

/** `512Mi` and its like, which need no arithmetic beyond that of numbers: nearly all that policies meet. Undefined for the rest. */
function wholeAmount(text: string, sizes: Sizes): number | undefined {
  let at = 0;
  let amount = 0;
  for (; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    amount = amount * 10 + digit;
  }
  const size = at === 0 || at > 15 ? undefined : sizes.get(text.slice(at));
  return size === undefined || amount > Number.MAX_SAFE_INTEGER / size ? undefined : amount * size;
}

const maxExponentDigits = 6;

/** Splits `10.5Ki` into number and unit; either may be empty. Undefined for an exponent too long to be meant. */
function numberAndUnit(text: string): readonly [number: string, unit: string] | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (!/[0-9.eE+-]/.test(character)) return [text.slice(0, at), text.slice(at)];
    if (character === "e" || character === "E") {
      if (!/[0-9+-]/.test(text.charAt(at + 1))) return [text.slice(0, at), text.slice(at)];
      if (/[+-]/.test(text.charAt(at + 1))) at += 1;
      const digits = /^[0-9]*/.exec(text.slice(at + 1))?.[0] ?? "";
      if (digits.length > maxExponentDigits) return undefined;
    }
  }
  return [text, ""];
}

const numberText = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

function operandParts(operand: string, name: string, amount: string): readonly [string, string] {
  if (operand.includes(" ")) throw new BuiltinError(`${name}: spaces not allowed in resource strings`);
  const parts = numberAndUnit(operand);
  if (parts === undefined) throw new BuiltinError(`${name}: exponent too large`);
  if (parts[0] === "") throw new BuiltinError(`${name}: no ${amount} provided`);
  return parts;
}

function parseBytes(_context: BuiltinContext, operand: Value): Value {
  const name = "units.parse_bytes";
  const given = stringOperand(operand, 1);
  const whole = wholeAmount(given, byteSizes);
  if (whole !== undefined) return whole;
  const text = toLower(given).replaceAll('"', "");
  const [number, unit] = operandParts(text, name, "byte amount");
  const size = byteUnits.get(unit);
  if (size === undefined) throw new BuiltinError(`${name}: byte unit ${unit} not recognized`);
  if (!numberText.test(number)) throw new BuiltinError(`${name}: could not parse byte amount to a number`);
  return bigintValue(truncated(product(bigFloatFromText(number), bigFloatFromText(String(size)))));
}

function parse(_context: BuiltinContext, operand: Value): Value {
  const name = "units.parse";
  const given = stringOperand(operand, 1);
  const whole = wholeAmount(given, siSizes);
  if (whole !== undefined) return whole;
  const text = given.replaceAll('"', "");
  const [number, rawUnit] = operandParts(text, name, "amount");
  const unit = lowerAfterFirstByte(rawUnit);
  const milli = unit === "m";
  const size = milli ? 1n : siUnits.get(unit);
  if (size === undefined) throw new BuiltinError(`${name}: unit ${unit} not recognized`);
  if (!numberText.test(number)) throw new BuiltinError(`${name}: could not parse amount to a number`);
  const { negative, digits, exponent } = parseDecimal(number);
  // A thousandth is the double nearest to it, as OPA multiplies with that.
  const scaled = digits * (milli ? milliNumerator : size) * (negative ? -1n : 1n);
  const denominator = milli ? milliDenominator : 1n;
  return exponent >= 0
    ? rational(scaled * 10n ** BigInt(exponent), denominator)
    : rational(scaled, denominator * 10n ** BigInt(-exponent));
}

/** OPA keeps the first byte as it is, so that a letter of several falls apart. */
function lowerAfterFirstByte(unit: string): string {
  const [first = ""] = unit;
  const bytes = byteLength(first);
  return (bytes > 1 ? "\ufffd".repeat(bytes) : first) + toLower(unit.slice(first.length));
}

/** The double 0.001 as a fraction. */
const milliNumerator = 1_152_921_504_606_847n;
const milliDenominator = 1n << 60n;

/** An integer, or ten places after the point, half away from zero. */
function rational(numerator: bigint, denominator: bigint): Value {
  if (numerator % denominator === 0n) return bigintValue(numerator / denominator);
  const negative = numerator < 0n;
  const magnitude = (negative ? -numerator : numerator) * 10_000_000_000n;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  const digits = rounded.toString().padStart(11, "0");
  return numberFromText(`${negative ? "-" : ""}${digits.slice(0, -10)}.${digits.slice(-10)}`) ?? 0;
}

export const units: Family = { "units.parse": parse, "units.parse_bytes": parseBytes };
