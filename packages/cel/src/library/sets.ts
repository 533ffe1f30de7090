/** CEL's sets extension: lists taken as sets. */
import { declareFunction, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { BOOL, listType, paramType } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { listContains } from "../values/equality.ts";
import { ListValue, type Value } from "../values/value.ts";

const LIST = listType(paramType("T"));

function holdsAll(list: ListValue, others: ListValue): boolean {
  for (const other of others) if (!listContains(list, other)) return false;
  return true;
}

function holdsAny(list: ListValue, others: ListValue): boolean {
  for (const other of others) if (listContains(list, other)) return true;
  return false;
}

function setFunction(
  name: string,
  id: string,
  test: (left: ListValue, right: ListValue) => boolean,
): FunctionDeclaration {
  const run = (left: Value = null, right: Value = null): Value =>
    left instanceof ListValue && right instanceof ListValue ? test(left, right) : NO_OVERLOAD;
  return declareFunction(name, [overload(id, [LIST, LIST], BOOL, run)]);
}

export const SET_FUNCTIONS: readonly FunctionDeclaration[] = [
  setFunction("sets.contains", "list_sets_contains_list", holdsAll),
  setFunction(
    "sets.equivalent",
    "list_sets_equivalent_list",
    (left, right) => holdsAll(left, right) && holdsAll(right, left),
  ),
  setFunction("sets.intersects", "list_sets_intersects_list", holdsAny),
];
