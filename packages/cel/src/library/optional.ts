/** CEL's optional types: `a.?b.orValue(c)`. `or` and `orValue` are evaluated by the planner, which may leave their argument alone. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { OPERATORS } from "../syntax/ast.ts";
import { BOOL, DYN, INT, listType, mapType, optionalType, paramType, STRING } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { ArrayList } from "../values/list.ts";
import { valueText } from "../values/text.ts";
import {
  CelError,
  Duration,
  ListValue,
  MapValue,
  NONE,
  ObjectValue,
  OptionalValue,
  Timestamp,
  Uint,
  type Value,
} from "../values/value.ts";

const K = paramType("K");
const V = paramType("V");
const OPTIONAL = optionalType(V);
const LIST = listType(V);
const MAP = mapType(K, V);

/** The year 1, which Go takes as no time at all. */
const ZERO_TIME = -62_135_596_800n * 1_000_000_000n;

function isZero(value: Value): boolean {
  if (value === null || value === false || value === "" || value === 0 || value === 0n) return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof ListValue || value instanceof MapValue) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanoseconds === 0n;
  if (value instanceof Timestamp) return value.nanoseconds === ZERO_TIME;
  return value instanceof ObjectValue && value.isZero;
}

function valueOf(optional: Value): Value {
  if (!(optional instanceof OptionalValue)) return NO_OVERLOAD;
  return optional.value ?? new CelError("optional.none() dereference");
}

function unwrap(list: Value): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  const values: Value[] = [];
  for (const element of list) {
    if (!(element instanceof OptionalValue)) return new CelError(`value ${valueText(element)} is not optional`);
    if (element.value !== undefined) values.push(element.value);
  }
  return new ArrayList(values);
}

function elementAt(list: Value, index: number): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  return list.size === 0 ? NONE : new OptionalValue(list.at(index < 0 ? list.size + index : index));
}

export const OPTIONAL_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("optional.of", [overload("optional_of", [V], OPTIONAL, (value) => new OptionalValue(value))]),
  declareFunction("optional.ofNonZeroValue", [
    overload("optional_ofNonZeroValue", [V], OPTIONAL, (value = null) =>
      isZero(value) ? NONE : new OptionalValue(value),
    ),
  ]),
  declareFunction("optional.none", [overload("optional_none", [], OPTIONAL, () => NONE)]),
  declareFunction("value", [memberOverload("optional_value", [OPTIONAL], V, (optional = null) => valueOf(optional))]),
  declareFunction("hasValue", [
    memberOverload("optional_hasValue", [OPTIONAL], BOOL, (optional) =>
      optional instanceof OptionalValue ? optional.value !== undefined : NO_OVERLOAD,
    ),
  ]),
  declareFunction("or", [memberOverload("optional_or_optional", [OPTIONAL, OPTIONAL], OPTIONAL)]),
  declareFunction("orValue", [memberOverload("optional_orValue_value", [OPTIONAL, V], V)]),
  declareFunction(OPERATORS.optionalSelect, [overload("select_optional_field", [DYN, STRING], OPTIONAL)]),
  declareFunction(OPERATORS.optionalIndex, [
    overload("list_optindex_optional_int", [LIST, INT], OPTIONAL),
    overload("optional_list_optindex_optional_int", [optionalType(LIST), INT], OPTIONAL),
    overload("map_optindex_optional_value", [MAP, K], OPTIONAL),
    overload("optional_map_optindex_optional_value", [optionalType(MAP), K], OPTIONAL),
  ]),
  declareFunction(OPERATORS.index, [
    overload("optional_list_index_int", [optionalType(LIST), INT], OPTIONAL),
    overload("optional_map_index_value", [optionalType(MAP), K], OPTIONAL),
  ]),
  declareFunction("last", [memberOverload("list_last", [LIST], OPTIONAL, (list = null) => elementAt(list, -1))]),
  declareFunction("first", [memberOverload("list_first", [LIST], OPTIONAL, (list = null) => elementAt(list, 0))]),
  declareFunction("optional.unwrap", [
    overload("optional_unwrap", [listType(OPTIONAL)], LIST, (list = null) => unwrap(list)),
  ]),
  declareFunction("unwrapOpt", [
    memberOverload("optional_unwrapOpt", [listType(OPTIONAL)], LIST, (list = null) => unwrap(list)),
  ]),
];
