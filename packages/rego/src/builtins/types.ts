import { isArray, isNumber, isObject, isSet, typeName } from "../values/kinds.ts";
import { numberFromText, RegoNumber } from "../values/number.ts";
import { RegoSet } from "../values/set.ts";
import { quote } from "../values/term-text.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { typeError } from "./operands.ts";

/** What Go's ParseFloat takes of decimal numbers: underscores may stand between digits. */
const decimalText =
  /^[+-]?(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?$/;

function toNumber(_context: BuiltinContext, value: Value): Value {
  if (value === null || value === false) return 0;
  if (value === true) return 1;
  if (isNumber(value)) return value;
  if (typeof value !== "string") throw typeError(1, value, "null", "boolean", "number", "string");
  if (/^[+-]*(?:inf|infinity|nan)$/i.test(value)) throw typeError(1, value, "valid number string");
  if (!decimalText.test(value)) {
    throw new BuiltinError(`strconv.ParseFloat: parsing ${quote(value)}: invalid syntax`);
  }
  const number = Number(value.replaceAll("_", ""));
  if (!Number.isFinite(number))
    throw new BuiltinError(`strconv.ParseFloat: parsing ${quote(value)}: value out of range`);
  // OPA keeps the text as it is, which counts as the number without them.
  const result = value.includes("_") ? new RegoNumber(value) : numberFromText(value);
  if (result === undefined) throw new BuiltinError("invalid number: number too big");
  return result;
}

export const types: Family = {
  is_number: (_, value) => isNumber(value),
  is_string: (_, value) => typeof value === "string",
  is_boolean: (_, value) => typeof value === "boolean",
  is_array: (_, value) => isArray(value),
  is_set: (_, value) => isSet(value),
  is_object: (_, value) => isObject(value),
  is_null: (_, value) => value === null,
  type_name: (_, value) => typeName(value),
  to_number: toNumber,
  cast_array: (_, value) => {
    if (isArray(value)) return value;
    if (isSet(value)) return value.sorted();
    throw typeError(1, value, "array", "set");
  },
  cast_set: (_, value) => {
    if (isSet(value)) return value;
    if (isArray(value)) return RegoSet.from(value);
    throw typeError(1, value, "array", "set");
  },
  cast_string: (_, value) => {
    if (typeof value === "string") return value;
    throw typeError(1, value, "string");
  },
  cast_boolean: (_, value) => {
    if (typeof value === "boolean") return value;
    throw typeError(1, value, "boolean");
  },
  cast_null: (_, value) => {
    if (value === null) return value;
    throw typeError(1, value, "null");
  },
  cast_object: (_, value) => {
    if (isObject(value)) return value;
    throw typeError(1, value, "object");
  },
};
