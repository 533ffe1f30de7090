import {
  CelError,
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
import { durationText, timestampText } from "./time.ts";
import { doubleText } from "./number-text.ts";

/** A value as run-time errors write it. */
export function valueText(value: Value): string {
  if (typeof value === "number") return doubleText(value);
  if (value === null) return "0";
  if (typeof value !== "object") return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof ListValue) return `[${Array.from(value, valueText).join(", ")}]`;
  if (value instanceof MapValue) {
    return `{${Array.from(value.keys(), (key) => `${valueText(key)}: ${valueText(value.find(key) ?? null)}`).join(", ")}}`;
  }
  if (value instanceof OptionalValue) {
    return value.value === undefined ? "optional.none()" : `optional(${valueText(value.value)})`;
  }
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof TypeValue) return value.type.name;
  if (value instanceof CelError) return value.message;
  if (value instanceof Uint8Array) return `[${value.join(" ")}]`;
  if (value instanceof ObjectValue) return value.type.name;
  return "";
}
