import { compare, equal } from "../values/order.ts";
import type { Family } from "./builtin.ts";

export const comparison: Family = {
  eq: (_, a, b) => equal(a, b),
  equal: (_, a, b) => equal(a, b),
  assign: (_, a, b) => equal(a, b),
  neq: (_, a, b) => !equal(a, b),
  lt: (_, a, b) => compare(a, b) < 0,
  lte: (_, a, b) => compare(a, b) <= 0,
  gt: (_, a, b) => compare(a, b) > 0,
  gte: (_, a, b) => compare(a, b) >= 0,
};
