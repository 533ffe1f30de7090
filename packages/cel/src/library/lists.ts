/** Kubernetes' list library, and CEL's lists extension, version 3. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import * as types from "../types/type.ts";
import type { Type } from "../types/type.ts";
import { add, NO_OVERLOAD } from "../values/arithmetic.ts";
import { equals } from "../values/equality.ts";
import { ArrayList } from "../values/list.ts";
import { compare } from "../values/order.ts";
import { typeOfValue } from "../values/type-of.ts";
import { CelError, Duration, ListValue, Uint, isError, type Value } from "../values/value.ts";

const { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, UINT } = types;
const T = types.paramType("T");
const LIST_T = types.listType(T);

const SUMMABLE: readonly (readonly [string, Type, Value])[] = [
  ["int", INT, 0n],
  ["uint", UINT, new Uint(0n)],
  ["double", DOUBLE, 0],
  ["duration", DURATION, new Duration(0n)],
];

const COMPARABLE: readonly (readonly [string, Type])[] = [
  ["int", INT],
  ["uint", UINT],
  ["double", DOUBLE],
  ["bool", BOOL],
  ["duration", DURATION],
  ["timestamp", TIMESTAMP],
  ["string", STRING],
  ["bytes", BYTES],
];

function isSorted(list: Value): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  for (let index = 1; index < list.size; index++) {
    if (compare(list.at(index - 1), list.at(index)) === 1) return false;
  }
  return true;
}

function sum(list: Value, zero: Value): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  let total = zero;
  for (const element of list) {
    const next = add(total, element) ?? NO_OVERLOAD;
    if (isError(next)) return next;
    total = next;
  }
  return total;
}

function extreme(list: Value, name: string, preferred: number): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  if (list.size === 0) return new CelError(`${name} called on empty list`);
  let best = list.at(0);
  for (const element of list) if (compare(best, element) === preferred) best = element;
  return best;
}

function indexOf(list: Value, item: Value): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  for (let index = 0; index < list.size; index++) if (equals(list.at(index), item) === true) return BigInt(index);
  return -1n;
}

function lastIndexOf(list: Value, item: Value): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  for (let index = list.size - 1; index >= 0; index--) if (equals(list.at(index), item) === true) return BigInt(index);
  return -1n;
}

export const KUBERNETES_LIST_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction(
    "isSorted",
    COMPARABLE.map(([name, type]) =>
      memberOverload(`list_${name}_is_sorted_bool`, [types.listType(type)], BOOL, (list = null) => isSorted(list)),
    ),
  ),
  declareFunction(
    "sum",
    SUMMABLE.map(([name, type, zero]) =>
      memberOverload(`list_${name}_sum_${name}`, [types.listType(type)], type, (list = null) => sum(list, zero)),
    ),
  ),
  ...(["max", "min"] as const).map((name) =>
    declareFunction(
      name,
      COMPARABLE.map(([typeName, type]) =>
        memberOverload(`list_${typeName}_${name}_${typeName}`, [types.listType(type)], type, (list = null) =>
          extreme(list, name, name === "max" ? -1 : 1),
        ),
      ),
    ),
  ),
  declareFunction("indexOf", [
    memberOverload("list_a_index_of_int", [LIST_T, T], INT, (list = null, item = null) => indexOf(list, item)),
  ]),
  declareFunction("lastIndexOf", [
    memberOverload("list_a_last_index_of_int", [LIST_T, T], INT, (list = null, item = null) => lastIndexOf(list, item)),
  ]),
];

function slice(list: Value, start: bigint, end: bigint): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  const attempt = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) return new CelError(`${attempt}, negative indexes not supported`);
  if (start > end) return new CelError(`${attempt}, start index must be less than or equal to end index`);
  if (BigInt(list.size) < end) return new CelError(`${attempt}, list is length ${list.size}`);
  return new ArrayList([...list].slice(Number(start), Number(end)));
}

function flatten(list: Value, depth: bigint): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  if (depth < 0n) return new CelError("level must be non-negative");
  const flat: Value[] = [];
  const collect = (inner: ListValue, left: bigint): void => {
    for (const element of inner) {
      if (element instanceof ListValue && left > 0n) collect(element, left - 1n);
      else flat.push(element);
    }
  };
  collect(list, depth);
  return new ArrayList(flat);
}

function sorted(list: Value, keys: Value): Value {
  if (!(list instanceof ListValue) || !(keys instanceof ListValue)) return NO_OVERLOAD;
  if (list.size !== keys.size) {
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    );
  }
  if (list.size === 0) return list;
  const type = typeOfValue(keys.at(0)).name;
  if (isError(firstNotComparable(keys.at(0)))) return new CelError("list elements must be comparable");
  for (const key of keys) {
    if (typeOfValue(key).name !== type) return new CelError("list elements must have the same type");
  }
  const indexes = Array.from({ length: list.size }, (_, index) => index);
  indexes.sort((left, right) => {
    const order = compare(keys.at(left), keys.at(right));
    return typeof order === "number" ? order : 0;
  });
  return new ArrayList(indexes.map((index) => list.at(index)));
}

function firstNotComparable(value: Value): Value {
  const order = compare(value, value);
  return typeof order === "number" || Number.isNaN(value) ? true : order;
}

function distinct(list: Value): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  const unique: Value[] = [];
  for (const element of list) {
    if (!unique.some((present) => equals(element, present) === true)) unique.push(element);
  }
  return new ArrayList(unique);
}

/** Above this many elements the API server runs out of its cost limit first. */
const MAX_RANGE = 2_000_000n;

function range(count: Value): Value {
  if (typeof count !== "bigint") return NO_OVERLOAD;
  const length = Number(count > MAX_RANGE ? MAX_RANGE : count < 0n ? 0n : count);
  return new ArrayList(Array.from({ length }, (_, index) => BigInt(index)));
}

function whole(value: Value | undefined): bigint {
  return typeof value === "bigint" ? value : 0n;
}

export const LIST_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("slice", [
    memberOverload("list_slice", [LIST_T, INT, INT], LIST_T, (list = null, start, end) =>
      slice(list, whole(start), whole(end)),
    ),
  ]),
  declareFunction(
    "flatten",
    [
      memberOverload("list_flatten", [types.listType(LIST_T)], LIST_T, (list = null) => flatten(list, 1n)),
      memberOverload("list_flatten_int", [types.listType(DYN), INT], types.listType(DYN), (list = null, depth) =>
        flatten(list, whole(depth)),
      ),
    ],
    { guarded: false },
  ),
  declareFunction(
    "sort",
    COMPARABLE.map(([, type]) =>
      memberOverload(`list_${type.name}_sort`, [types.listType(type)], types.listType(type)),
    ),
    { shared: (list = null) => (list instanceof ListValue ? sorted(list, list) : undefined) },
  ),
  declareFunction(
    "@sortByAssociatedKeys",
    COMPARABLE.map(([, type]) =>
      memberOverload(`list_${type.name}_sortByAssociatedKeys`, [LIST_T, types.listType(type)], LIST_T),
    ),
    { shared: (list = null, keys = null) => (list instanceof ListValue ? sorted(list, keys) : undefined) },
  ),
  declareFunction("lists.range", [overload("lists_range", [INT], types.listType(INT), (count = null) => range(count))]),
  declareFunction("reverse", [
    memberOverload("list_reverse", [LIST_T], LIST_T, (list) =>
      list instanceof ListValue ? new ArrayList([...list].toReversed()) : NO_OVERLOAD,
    ),
  ]),
  declareFunction("distinct", [memberOverload("list_distinct", [LIST_T], LIST_T, (list = null) => distinct(list))]),
];
