import { isArray } from "../values/kinds.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { arrayOperand, intOperand } from "./operands.ts";

function concat(context: BuiltinContext, a: Value, b: Value): Value {
  const left = arrayOperand(a, 1);
  const right = arrayOperand(b, 2);
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  context.charge(left.length + right.length);
  return [...left, ...right];
}

function slice(_context: BuiltinContext, array: Value, start: Value, stop: Value): Value {
  const items = arrayOperand(array, 1);
  const from = intOperand(start, 2);
  const to = Math.min(Math.max(intOperand(stop, 3), 0), items.length);
  const begin = Math.min(Math.max(from, 0), to);
  return begin === 0 && to === items.length ? items : items.slice(begin, to);
}

export const arrays: Family = {
  "array.concat": concat,
  "array.flatten": (_, array) => {
    const items = arrayOperand(array, 1);
    return items.some((item) => isArray(item)) ? items.flatMap((item) => (isArray(item) ? item : [item])) : items;
  },
  "array.reverse": (_, array) => arrayOperand(array, 1).toReversed(),
  "array.slice": slice,
};
