import { callTable } from "./call-table.test.ts";

callTable("comparison", [
  ["equal(2, 1)", "false"],
  ["equal(1, 1.0)", "true"],
  ["gt(1, 2)", "false"],
  ["gt(2, 1)", "true"],
  ["gte(1, 2)", "false"],
  ["gte(2, 1)", "true"],
  ["lt(1, 1)", "false"],
  ["lt(1, 2)", "true"],
  ["lte(2, 1)", "false"],
  ["lte(1, 2)", "true"],
  ["neq(1, 1)", "false"],
  ["neq(2, 1)", "true"],
]);
