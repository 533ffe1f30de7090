import { bigintValue } from "../values/number.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { bigIntOperand, operandError } from "./operands.ts";

/** Bits 32 and above make JavaScript's operators wrap; below, both ways agree. */
function isSmall(value: Value): value is number {
  return typeof value === "number" && value === (value | 0);
}

function shiftOperand(value: Value): bigint {
  const shift = bigIntOperand(value, 2);
  if (shift < 0n) throw operandError(2, "must be an unsigned integer number but got a negative integer");
  return BigInt.asUintN(64, shift);
}

/** Longer numbers take longer to print than anybody waits. */
const maxBits = 1n << 27n;

function shiftLeft(context: BuiltinContext, a: Value, b: Value): Value {
  const number = bigIntOperand(a, 1);
  const shift = shiftOperand(b);
  if (number === 0n) return 0;
  if (shift > maxBits) throw new BuiltinError(`a number of ${shift} bits is too long`);
  context.charge(Number(shift) / 64);
  return bigintValue(number << shift);
}

export const bits: Family = {
  "bits.or": (_, a, b) => (isSmall(a) && isSmall(b) ? a | b : bigintValue(bigIntOperand(a, 1) | bigIntOperand(b, 2))),
  "bits.and": (_, a, b) => (isSmall(a) && isSmall(b) ? a & b : bigintValue(bigIntOperand(a, 1) & bigIntOperand(b, 2))),
  "bits.xor": (_, a, b) => (isSmall(a) && isSmall(b) ? a ^ b : bigintValue(bigIntOperand(a, 1) ^ bigIntOperand(b, 2))),
  "bits.negate": (_, a) => (isSmall(a) ? ~a : bigintValue(~bigIntOperand(a, 1))),
  "bits.lsh": shiftLeft,
  "bits.rsh": (_, a, b) => bigintValue(bigIntOperand(a, 1) >> shiftOperand(b)),
};
