import * as types from "../types/type.ts";
import type { Type } from "../types/type.ts";
import {
  Duration,
  ListValue,
  MapValue,
  ObjectValue,
  OptionalValue,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from "./value.ts";

const LIST = types.listType(types.DYN);
const MAP = types.mapType(types.DYN, types.DYN);
const OPTIONAL = types.opaqueType("optional_type");

/** The type that a value has at run time: a list is a list, whatever it holds. */
export function typeOfValue(value: Value): Type {
  switch (typeof value) {
    case "string":
      return types.STRING;
    case "bigint":
      return types.INT;
    case "boolean":
      return types.BOOL;
    case "number":
      return types.DOUBLE;
    default:
      break;
  }
  if (value === null) return types.NULL;
  if (value instanceof ListValue) return LIST;
  if (value instanceof MapValue) return MAP;
  if (value instanceof Uint) return types.UINT;
  if (value instanceof Uint8Array) return types.BYTES;
  if (value instanceof Duration) return types.DURATION;
  if (value instanceof Timestamp) return types.TIMESTAMP;
  if (value instanceof TypeValue) return types.TYPE;
  if (value instanceof OptionalValue) return OPTIONAL;
  return value instanceof ObjectValue ? value.type : types.ERROR;
}

/** Whether a value may be given for an operand of `type`: of lists and maps the first element decides. */
export function isRuntimeAssignable(type: Type, value: Value): boolean {
  if (type.kind === "dyn" || type.kind === "any" || type.kind === "param") return true;
  if (type.name !== typeOfValue(value).name) return false;
  if (type.kind === "list" && value instanceof ListValue) {
    return value.size === 0 || isRuntimeAssignable(types.paramOf(type, 0), value.at(0));
  }
  if (type.kind === "map" && value instanceof MapValue) {
    const [first] = value.keys();
    if (first === undefined) return true;
    const element = value.find(first) ?? null;
    return isRuntimeAssignable(types.paramOf(type, 0), first) && isRuntimeAssignable(types.paramOf(type, 1), element);
  }
  return true;
}

/** What `size()` and the costs count: code points, bytes, elements; undefined for what has no size. */
export function sizeOfValue(value: Value): number | undefined {
  if (typeof value === "string") return codePoints(value);
  if (value instanceof ListValue || value instanceof MapValue || value instanceof ObjectValue) return value.size;
  return value instanceof Uint8Array ? value.length : undefined;
}

export function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00 && index + 1 < text.length) {
      const next = text.charCodeAt(index + 1);
      if (next >= 0xdc00 && next < 0xe000) count--;
    }
  }
  return count;
}
