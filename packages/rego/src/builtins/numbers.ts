import { absolute, add, ceil, divide, floor, multiply, remainder, round, subtract } from "../values/arithmetic.ts";
import { isNumber, isSet } from "../values/kinds.ts";
import { bigintValue } from "../values/number.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError, HaltError } from "./errors.ts";
import { bigIntOperand, intOperand, numberOperand, stringOperand, typeError } from "./operands.ts";
import { randomBytes } from "./random.ts";

/** `-` on numbers and on sets. */
function minus(_context: BuiltinContext, a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b)) return subtract(a, b);
  if (isSet(a) && isSet(b)) return a.difference(b);
  if (!isNumber(a) && !isSet(a)) throw typeError(1, a, "number", "set");
  throw typeError(2, b, isNumber(b) ? "set" : "number");
}

/** What makes OPA wait until it is told to stop would not fit into memory here. */
const maxRange = 1n << 26n;

function range(context: BuiltinContext, from: bigint, to: bigint, step: bigint): Value[] {
  const descending = from > to;
  const count = (descending ? from - to : to - from) / step + 1n;
  if (count > maxRange) {
    context.charge(Number(count));
    throw new HaltError("eval_cancel_error", "numbers.range: timed out before generating all numbers in range");
  }
  const numbers: Value[] = [];
  const low = Number(from);
  const stride = Number(descending ? -step : step);
  const last = low + stride * Number(count - 1n);
  if (Number.isSafeInteger(low) && Number.isSafeInteger(last) && Number.isSafeInteger(stride)) {
    for (let made = 0, n = low; made < count; made += 1, n += stride) {
      if ((made & 1023) === 0) context.charge(1024);
      numbers.push(n);
    }
    return numbers;
  }
  const bigStride = descending ? -step : step;
  for (let made = 0n, n = from; made < count; made += 1n, n += bigStride) {
    if ((made & 1023n) === 0n) context.charge(1024);
    numbers.push(bigintValue(n));
  }
  return numbers;
}

function randomInteger(context: BuiltinContext, key: Value, limit: Value): Value {
  const name = stringOperand(key, 1);
  const n = Math.abs(intOperand(limit, 2));
  if (n === 0) return 0;
  const memoKey = `rand.intn ${n} ${name}`;
  const known = context.memo.get(memoKey);
  if (known !== undefined) return known;
  let random = 0n;
  for (const byte of randomBytes(context.host, 16)) random = random * 256n + BigInt(byte);
  const result = Number(random % BigInt(n));
  context.memo.set(memoKey, result);
  return result;
}

export const numbers: Family = {
  plus: (_, a, b) => add(numberOperand(a, 1), numberOperand(b, 2)),
  minus,
  mul: (_, a, b) => multiply(numberOperand(a, 1), numberOperand(b, 2)),
  div: (_, a, b) => {
    const result = divide(numberOperand(a, 1), numberOperand(b, 2));
    if (result === undefined) throw new BuiltinError("divide by zero");
    return result;
  },
  rem: (_, a, b) => {
    const result = remainder(numberOperand(a, 1), numberOperand(b, 2));
    if (typeof result === "string") throw new BuiltinError(result);
    return result;
  },
  abs: (_, a) => absolute(numberOperand(a, 1)),
  round: (_, a) => round(numberOperand(a, 1)),
  ceil: (_, a) => ceil(numberOperand(a, 1)),
  floor: (_, a) => floor(numberOperand(a, 1)),
  "numbers.range": (context, from, to) => range(context, bigIntOperand(from, 1), bigIntOperand(to, 2), 1n),
  "numbers.range_step": (context, from, to, step) => {
    const [low, high, stride] = [bigIntOperand(from, 1), bigIntOperand(to, 2), bigIntOperand(step, 3)];
    if (stride <= 0n) throw new BuiltinError("numbers.range_step: step must be a positive integer");
    return range(context, low, high, stride);
  },
  "rand.intn": randomInteger,
};
