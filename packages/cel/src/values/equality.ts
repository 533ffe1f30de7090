import {
  type CelError,
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
import { compareNumbers } from "./order.ts";

/**
 * `==`: numbers by their amount whatever their type, lists and maps by their elements, false for other types that differ. A library's
 * type may answer with an error.
 */
export function equals(left: Value, right: Value): boolean | CelError {
  if (left === null || right === null) return left === right;
  switch (typeof left) {
    case "string":
    case "boolean":
      return left === right;
    case "bigint":
      if (typeof right === "bigint") return left === right;
      return compareNumbers(left, right) === 0;
    case "number":
      return compareNumbers(left, right) === 0;
    default:
      return objectEquals(left, right);
  }
}

function objectEquals(
  left: Exclude<Value, string | boolean | bigint | number | null>,
  right: Value,
): boolean | CelError {
  if (left instanceof Uint) return compareNumbers(left, right) === 0;
  if (left instanceof ListValue) return right instanceof ListValue && listEquals(left, right);
  if (left instanceof MapValue) return right instanceof MapValue && mapEquals(left, right);
  if (left instanceof Duration) return right instanceof Duration && left.nanoseconds === right.nanoseconds;
  if (left instanceof Timestamp) return right instanceof Timestamp && left.nanoseconds === right.nanoseconds;
  if (left instanceof TypeValue) return right instanceof TypeValue && left.type.name === right.type.name;
  if (left instanceof OptionalValue) return right instanceof OptionalValue && optionalEquals(left, right);
  if (left instanceof Uint8Array) return right instanceof Uint8Array && bytesEqual(left, right);
  if (left instanceof ObjectValue) return left.equals(right);
  return left;
}

function listEquals(left: ListValue, right: ListValue): boolean {
  if (left.size !== right.size) return false;
  for (let index = 0; index < left.size; index++) {
    if (equals(left.at(index), right.at(index)) === false) return false;
  }
  return true;
}

function mapEquals(left: MapValue, right: MapValue): boolean {
  if (left.size !== right.size) return false;
  for (const key of left.keys()) {
    const other = right.find(key);
    if (other === undefined || equals(left.find(key) ?? null, other) === false) return false;
  }
  return true;
}

function optionalEquals(left: OptionalValue, right: OptionalValue): boolean | CelError {
  if (left.value === undefined || right.value === undefined) return left.value === right.value;
  return equals(left.value, right.value);
}

function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** Whether a list holds an element equal to `value`. */
export function listContains(list: ListValue, value: Value): boolean {
  for (const element of list) if (equals(value, element) === true) return true;
  return false;
}
