import { RegoNumber } from "./number.ts";
import { RegoObject } from "./object.ts";
import { RegoSet } from "./set.ts";
import type { NumericValue, ObjectValue, PlainObject, Value } from "./value.ts";

/** The seven types of the language, by the names that `type_name` gives them. */
export type TypeName = "null" | "boolean" | "number" | "string" | "array" | "object" | "set";

export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isNumber(value: Value | undefined): value is NumericValue {
  return typeof value === "number" || typeof value === "bigint" || value instanceof RegoNumber;
}

export function isSet(value: Value | undefined): value is RegoSet {
  return value instanceof RegoSet;
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegoSet) &&
    !(value instanceof RegoNumber)
  );
}

/** Whether the value is an object all of whose keys are strings, in its usual form. */
export function isPlainObject(value: Value | undefined): value is PlainObject {
  return isObject(value) && !(value instanceof RegoObject);
}

export function typeName(value: Value): TypeName {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
    case "bigint":
      return "number";
    case "boolean":
      return "boolean";
    default:
      if (value === null) return "null";
      if (Array.isArray(value)) return "array";
      if (value instanceof RegoSet) return "set";
      return value instanceof RegoNumber ? "number" : "object";
  }
}
