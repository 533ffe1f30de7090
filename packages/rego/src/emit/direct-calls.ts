import { equalTest } from "./unify.ts";

/** How a builtin is written without a call of it: a condition that never fails, or an expression that is undefined for operands it does not know. */
type DirectCall = { readonly test: string } | { readonly quick: string };

/** The builtins that run in most loops, written so that V8 can inline them. */
const DIRECT: Readonly<Record<string, (a: string, b: string) => DirectCall>> = {
  equal: (a, b) => ({ test: equalTest(a, b) }),
  neq: (a, b) => ({ test: `!${parenthesised(equalTest(a, b))}` }),
  lt: (a, b) => ({ test: `R.isLess(${a}, ${b})` }),
  lte: (a, b) => ({ test: `R.isAtMost(${a}, ${b})` }),
  gt: (a, b) => ({ test: `R.isLess(${b}, ${a})` }),
  gte: (a, b) => ({ test: `R.isAtMost(${b}, ${a})` }),
  "internal.member_2": (a, b) => ({ test: `R.isMember(${a}, ${b})` }),
  plus: (a, b) => ({ quick: `R.quickPlus(${a}, ${b})` }),
  minus: (a, b) => ({ quick: `R.quickMinus(${a}, ${b})` }),
  mul: (a, b) => ({ quick: `R.quickMultiply(${a}, ${b})` }),
  count: (a) => ({ quick: `R.quickCount(${a})` }),
  startswith: (a, b) => ({ quick: `R.quickStartsWith(${a}, ${b})` }),
  endswith: (a, b) => ({ quick: `R.quickEndsWith(${a}, ${b})` }),
  contains: (a, b) => ({ quick: `R.quickContains(${a}, ${b})` }),
};

export function directCall(name: string, [a, b = "undefined"]: readonly string[]): DirectCall | undefined {
  const write = Object.hasOwn(DIRECT, name) ? DIRECT[name] : undefined;
  return a === undefined ? undefined : write?.(a, b);
}

function parenthesised(test: string): string {
  return test.startsWith("(") ? test : `(${test})`;
}
