import { emptySet, RegoSet } from "../values/set.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { setOperand } from "./operands.ts";

function union(context: BuiltinContext, sets: Value): Value {
  const result = new RegoSet();
  for (const member of setOperand(sets, 1).sorted()) {
    const set = setOperand(member, 1);
    context.charge(set.size);
    for (const value of set.values()) result.add(value);
  }
  return result;
}

function intersection(_context: BuiltinContext, sets: Value): Value {
  let result: RegoSet | undefined;
  for (const member of setOperand(sets, 1).sorted()) {
    const set = setOperand(member, 1);
    result = result === undefined ? set : result.intersection(set);
  }
  return result ?? emptySet;
}

export const sets: Family = {
  and: (_, a, b) => setOperand(a, 1).intersection(setOperand(b, 2)),
  or: (context, a, b) => {
    const [left, right] = [setOperand(a, 1), setOperand(b, 2)];
    if (left.size === 0) return right;
    if (right.size === 0) return left;
    context.charge(left.size + right.size);
    return left.union(right);
  },
  set_diff: (_, a, b) => setOperand(a, 1).difference(setOperand(b, 2)),
  union,
  intersection,
};
