/** The functions and operators of the CEL specification. */
import {
  declareFunction,
  memberOverload,
  overload,
  type FunctionDeclaration,
  type Implementation,
  type Overload,
} from "../check/declarations.ts";
import { OPERATORS } from "../syntax/ast.ts";
import * as types from "../types/type.ts";
import type { Type } from "../types/type.ts";
import { add, divide, modulo, multiply, negate, NO_OVERLOAD, subtract } from "../values/arithmetic.ts";
import { convert } from "../values/conversion.ts";
import { listContains } from "../values/equality.ts";
import { compare } from "../values/order.ts";
import { compilePattern } from "../values/pattern.ts";
import { calendarFields, type CalendarFields } from "../values/time.ts";
import { sizeOfValue, typeOfValue } from "../values/type-of.ts";
import { CelError, Duration, ListValue, MapValue, Timestamp, TypeValue, Uint, type Value } from "../values/value.ts";

const { BOOL, INT, UINT, DOUBLE, STRING, BYTES, DURATION, TIMESTAMP } = types;
const A = types.paramType("A");
const B = types.paramType("B");
const LIST_A = types.listType(A);
const MAP_AB = types.mapType(A, B);

/** Overloads by their ids, operand types and result. */
function overloads(...rows: readonly (readonly [string, readonly Type[], Type])[]): readonly Overload[] {
  return rows.map(([id, operands, result]) => overload(id, operands, result));
}

type Shared = (...operands: readonly Value[]) => Value | undefined;

function binary(operation: (left: Value, right: Value) => Value | undefined): Shared {
  return (left = null, right = null) => operation(left, right);
}

const ORDERED: readonly (readonly [string, Type, Type])[] = [
  ["bool", BOOL, BOOL],
  ["int64", INT, INT],
  ["int64_double", INT, DOUBLE],
  ["int64_uint64", INT, UINT],
  ["uint64", UINT, UINT],
  ["uint64_double", UINT, DOUBLE],
  ["uint64_int64", UINT, INT],
  ["double", DOUBLE, DOUBLE],
  ["double_int64", DOUBLE, INT],
  ["double_uint64", DOUBLE, UINT],
  ["string", STRING, STRING],
  ["bytes", BYTES, BYTES],
  ["timestamp", TIMESTAMP, TIMESTAMP],
  ["duration", DURATION, DURATION],
];

function relation(operator: string, prefix: string, holds: (order: number) => boolean): FunctionDeclaration {
  const shared = binary((left, right) => {
    if (!isOrdered(left)) return undefined;
    const order = compare(left, right);
    return typeof order === "number" ? holds(order) : order;
  });
  const rows = ORDERED.map(([suffix, left, right]) => overload(`${prefix}_${suffix}`, [left, right], BOOL));
  return declareFunction(operator, rows, { shared });
}

function isOrdered(value: Value): boolean {
  if (value === null) return false;
  if (typeof value !== "object") return true;
  return (
    value instanceof Uint || value instanceof Uint8Array || value instanceof Timestamp || value instanceof Duration
  );
}

function contains(item: Value, container: Value): Value {
  if (container instanceof ListValue) return listContains(container, item);
  return container instanceof MapValue ? container.find(item) !== undefined : NO_OVERLOAD;
}

function size(value: Value): Value | undefined {
  const count = sizeOfValue(value);
  return count === undefined ? undefined : BigInt(count);
}

function conversion(name: string, target: Type, ...rows: readonly (readonly [string, Type])[]): FunctionDeclaration {
  return declareFunction(
    name,
    rows.map(([id, operand]) => overload(id, [operand], target, (value = null) => convert(value, target))),
  );
}

function textPredicate(name: string, id: string, holds: (text: string, part: string) => boolean): FunctionDeclaration {
  const run: Implementation = (text, part) =>
    typeof text === "string" && typeof part === "string" ? holds(text, part) : NO_OVERLOAD;
  return declareFunction(name, [memberOverload(id, [STRING, STRING], BOOL, run)], { guarded: false });
}

function matches(text: Value, pattern: Value): Value | undefined {
  if (typeof text !== "string") return undefined;
  if (typeof pattern !== "string") return NO_OVERLOAD;
  const compiled = compilePattern(pattern);
  return compiled instanceof CelError ? compiled : compiled.matcher(text).find();
}

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  getHours: 3_600_000_000_000n,
  getMinutes: 60_000_000_000n,
  getSeconds: 1_000_000_000n,
  getMilliseconds: 1_000_000n,
};

/** A calendar field of timestamps, in UTC or a named zone, and for hours and below the whole amount of a duration. */
function timeField(name: string, id: string, field: (fields: CalendarFields) => number): FunctionDeclaration {
  const read = (value: Value, zone: Value): Value => {
    if (!(value instanceof Timestamp) || typeof zone !== "string") return NO_OVERLOAD;
    const fields = calendarFields(value, zone);
    return typeof fields === "string" ? new CelError(fields) : BigInt(field(fields));
  };
  const unit = NANOSECONDS[name];
  const ofDuration: readonly Overload[] =
    unit === undefined
      ? []
      : [
          memberOverload(`duration_to_${id}`, [DURATION], INT, (value) =>
            value instanceof Duration ? value.nanoseconds / unit : NO_OVERLOAD,
          ),
        ];
  return declareFunction(name, [
    memberOverload(`timestamp_to_${id}`, [TIMESTAMP], INT, (value = null) => read(value, "UTC")),
    memberOverload(`timestamp_to_${id}_with_tz`, [TIMESTAMP, STRING], INT, (value = null, zone = null) =>
      read(value, zone),
    ),
    ...ofDuration,
  ]);
}

export const STANDARD_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction(OPERATORS.conditional, overloads(["conditional", [BOOL, A, A], A])),
  declareFunction(OPERATORS.and, overloads(["logical_and", [BOOL, BOOL], BOOL])),
  declareFunction(OPERATORS.or, overloads(["logical_or", [BOOL, BOOL], BOOL])),
  declareFunction(OPERATORS.not, overloads(["logical_not", [BOOL], BOOL]), {
    shared: (value) => (typeof value === "boolean" ? !value : NO_OVERLOAD),
  }),
  declareFunction(OPERATORS.notStrictlyFalse, overloads(["not_strictly_false", [BOOL], BOOL]), {
    shared: (value) => (typeof value === "boolean" ? value : true),
  }),
  declareFunction(OPERATORS.equals, overloads(["equals", [A, A], BOOL])),
  declareFunction(OPERATORS.notEquals, overloads(["not_equals", [A, A], BOOL])),
  declareFunction(
    OPERATORS.add,
    overloads(
      ["add_bytes", [BYTES, BYTES], BYTES],
      ["add_double", [DOUBLE, DOUBLE], DOUBLE],
      ["add_duration_duration", [DURATION, DURATION], DURATION],
      ["add_duration_timestamp", [DURATION, TIMESTAMP], TIMESTAMP],
      ["add_timestamp_duration", [TIMESTAMP, DURATION], TIMESTAMP],
      ["add_int64", [INT, INT], INT],
      ["add_list", [LIST_A, LIST_A], LIST_A],
      ["add_string", [STRING, STRING], STRING],
      ["add_uint64", [UINT, UINT], UINT],
    ),
    { shared: binary(add) },
  ),
  declareFunction(
    OPERATORS.divide,
    overloads(
      ["divide_double", [DOUBLE, DOUBLE], DOUBLE],
      ["divide_int64", [INT, INT], INT],
      ["divide_uint64", [UINT, UINT], UINT],
    ),
    { shared: binary(divide) },
  ),
  declareFunction(
    OPERATORS.modulo,
    overloads(["modulo_int64", [INT, INT], INT], ["modulo_uint64", [UINT, UINT], UINT]),
    { shared: binary(modulo) },
  ),
  declareFunction(
    OPERATORS.multiply,
    overloads(
      ["multiply_double", [DOUBLE, DOUBLE], DOUBLE],
      ["multiply_int64", [INT, INT], INT],
      ["multiply_uint64", [UINT, UINT], UINT],
    ),
    { shared: binary(multiply) },
  ),
  declareFunction(OPERATORS.negate, overloads(["negate_double", [DOUBLE], DOUBLE], ["negate_int64", [INT], INT]), {
    shared: (value = null) => negate(value),
  }),
  declareFunction(
    OPERATORS.subtract,
    overloads(
      ["subtract_double", [DOUBLE, DOUBLE], DOUBLE],
      ["subtract_duration_duration", [DURATION, DURATION], DURATION],
      ["subtract_int64", [INT, INT], INT],
      ["subtract_timestamp_duration", [TIMESTAMP, DURATION], TIMESTAMP],
      ["subtract_timestamp_timestamp", [TIMESTAMP, TIMESTAMP], DURATION],
      ["subtract_uint64", [UINT, UINT], UINT],
    ),
    { shared: binary(subtract) },
  ),
  relation(OPERATORS.less, "less", (order) => order < 0),
  relation(OPERATORS.lessEquals, "less_equals", (order) => order <= 0),
  relation(OPERATORS.greater, "greater", (order) => order > 0),
  relation(OPERATORS.greaterEquals, "greater_equals", (order) => order >= 0),
  declareFunction(OPERATORS.index, overloads(["index_list", [LIST_A, INT], A], ["index_map", [MAP_AB, A], B])),
  declareFunction(OPERATORS.in, overloads(["in_list", [A, LIST_A], BOOL], ["in_map", [A, MAP_AB], BOOL]), {
    shared: binary(contains),
  }),
  declareFunction(
    "size",
    [
      overload("size_bytes", [BYTES], INT),
      memberOverload("bytes_size", [BYTES], INT),
      overload("size_list", [LIST_A], INT),
      memberOverload("list_size", [LIST_A], INT),
      overload("size_map", [MAP_AB], INT),
      memberOverload("map_size", [MAP_AB], INT),
      overload("size_string", [STRING], INT),
      memberOverload("string_size", [STRING], INT),
    ],
    { shared: (value = null) => size(value) },
  ),
  declareFunction("type", overloads(["type", [A], types.typeOf(A)]), {
    shared: (value = null) => new TypeValue(typeOfValue(value)),
  }),
  conversion("bool", BOOL, ["bool_to_bool", BOOL], ["string_to_bool", STRING]),
  conversion("bytes", BYTES, ["bytes_to_bytes", BYTES], ["string_to_bytes", STRING]),
  conversion(
    "double",
    DOUBLE,
    ["double_to_double", DOUBLE],
    ["int64_to_double", INT],
    ["string_to_double", STRING],
    ["uint64_to_double", UINT],
  ),
  conversion(
    "duration",
    DURATION,
    ["duration_to_duration", DURATION],
    ["int64_to_duration", INT],
    ["string_to_duration", STRING],
  ),
  declareFunction("dyn", overloads(["to_dyn", [A], types.DYN]), { shared: (value) => value }),
  conversion(
    "int",
    INT,
    ["int64_to_int64", INT],
    ["double_to_int64", DOUBLE],
    ["duration_to_int64", DURATION],
    ["string_to_int64", STRING],
    ["timestamp_to_int64", TIMESTAMP],
    ["uint64_to_int64", UINT],
  ),
  conversion(
    "string",
    STRING,
    ["string_to_string", STRING],
    ["bool_to_string", BOOL],
    ["bytes_to_string", BYTES],
    ["double_to_string", DOUBLE],
    ["duration_to_string", DURATION],
    ["int64_to_string", INT],
    ["timestamp_to_string", TIMESTAMP],
    ["uint64_to_string", UINT],
  ),
  conversion(
    "timestamp",
    TIMESTAMP,
    ["timestamp_to_timestamp", TIMESTAMP],
    ["int64_to_timestamp", INT],
    ["string_to_timestamp", STRING],
  ),
  conversion(
    "uint",
    UINT,
    ["uint64_to_uint64", UINT],
    ["double_to_uint64", DOUBLE],
    ["int64_to_uint64", INT],
    ["string_to_uint64", STRING],
  ),
  textPredicate("contains", "contains_string", (text, part) => text.includes(part)),
  textPredicate("endsWith", "ends_with_string", (text, part) => text.endsWith(part)),
  textPredicate("startsWith", "starts_with_string", (text, part) => text.startsWith(part)),
  declareFunction(
    "matches",
    [overload("matches", [STRING, STRING], BOOL), memberOverload("matches_string", [STRING, STRING], BOOL)],
    { shared: binary(matches) },
  ),
  timeField("getFullYear", "year", ({ year }) => year),
  timeField("getMonth", "month", ({ month }) => month),
  timeField("getDayOfYear", "day_of_year", ({ dayOfYear }) => dayOfYear),
  timeField("getDayOfMonth", "day_of_month", ({ day }) => day - 1),
  timeField("getDate", "day_of_month_1_based", ({ day }) => day),
  timeField("getDayOfWeek", "day_of_week", ({ dayOfWeek }) => dayOfWeek),
  timeField("getHours", "hours", ({ hours }) => hours),
  timeField("getMinutes", "minutes", ({ minutes }) => minutes),
  timeField("getSeconds", "seconds", ({ seconds }) => seconds),
  timeField("getMilliseconds", "milliseconds", ({ milliseconds }) => milliseconds),
];

/** The types that expressions may name. */
export const STANDARD_TYPES: readonly (readonly [string, Type])[] = [
  ["bool", BOOL],
  ["bytes", BYTES],
  ["double", DOUBLE],
  ["google.protobuf.Duration", DURATION],
  ["int", INT],
  ["list", LIST_A],
  ["map", MAP_AB],
  ["null_type", types.NULL],
  ["string", STRING],
  ["google.protobuf.Timestamp", TIMESTAMP],
  ["type", types.TYPE],
  ["uint", UINT],
];
