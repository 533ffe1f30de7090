/** `int(...)`, `string(...)` and the other conversions, with the errors of Go's CEL. */
import { typeText, type Type } from "../types/type.ts";
import * as types from "../types/type.ts";
import { checkedInt, checkedUint } from "./arithmetic.ts";
import { doubleText } from "./number-text.ts";
import { durationText, floorDivide, isInRange, parseDuration, parseTimestamp, timestampText } from "./time.ts";
import { typeOfValue } from "./type-of.ts";
import { CelError, Duration, Timestamp, Uint, type Value } from "./value.ts";

const TWO_TO_63 = 2 ** 63;
const TWO_TO_64 = 2 ** 64;

export function convert(value: Value, target: Type): Value {
  const converted = conversions[target.name]?.(value);
  return (
    converted ?? new CelError(`type conversion error from '${typeText(typeOfValue(value))}' to '${typeText(target)}'`)
  );
}

/** By the target's name; undefined where there is no way from the value's type, or its text does not parse. */
const conversions: Readonly<Record<string, (value: Value) => Value | undefined>> = {
  [types.INT.name]: toInt,
  [types.UINT.name]: toUint,
  [types.DOUBLE.name]: toDouble,
  [types.STRING.name]: toText,
  [types.BOOL.name]: toBool,
  [types.BYTES.name]: toBytes,
  [types.DURATION.name]: toDuration,
  [types.TIMESTAMP.name]: toTimestamp,
};

function toInt(value: Value): Value | undefined {
  if (typeof value === "bigint") return value;
  if (value instanceof Uint) return checkedInt(value.value);
  if (typeof value === "number") {
    if (!(value > -TWO_TO_63 && value < TWO_TO_63)) return new CelError("integer overflow");
    return BigInt(Math.trunc(value));
  }
  if (value instanceof Timestamp) return floorDivide(value.nanoseconds, 1_000_000_000n);
  if (value instanceof Duration) return value.nanoseconds;
  if (typeof value !== "string" || !/^[+-]?[0-9]+$/.test(value)) return undefined;
  const parsed = checkedInt(BigInt(value.replace("+", "")));
  return parsed instanceof CelError ? undefined : parsed;
}

function toUint(value: Value): Value | undefined {
  if (value instanceof Uint) return value;
  if (typeof value === "bigint") return checkedUint(value);
  if (typeof value === "number") {
    if (!(value >= 0 && value < TWO_TO_64)) return new CelError("unsigned integer overflow");
    return new Uint(BigInt(Math.trunc(value)));
  }
  if (typeof value !== "string" || !/^[0-9]+$/.test(value)) return undefined;
  const parsed = checkedUint(BigInt(value));
  return parsed instanceof CelError ? undefined : parsed;
}

const DECIMAL = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: Number.NaN };

/** What strconv.ParseFloat reads, hexadecimal floats aside; undefined where it fails. */
export function parseDouble(text: string): number | undefined {
  const special = SPECIAL[text.replace(/^[+-]/, "").toLowerCase()];
  if (special !== undefined) return text.startsWith("-") ? -special : special;
  if (!DECIMAL.test(text) || text.includes("_")) return undefined;
  const parsed = Number(text);
  return Number.isFinite(parsed) ? parsed : undefined;
}

function toDouble(value: Value): Value | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint) return Number(value.value);
  return typeof value === "string" ? parseDouble(value) : undefined;
}

function toText(value: Value): Value | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Uint) return String(value.value);
  if (typeof value === "number") return doubleText(value);
  if (value === null) return "null";
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Uint8Array) return decoded(value);
  return undefined;
}

function decoded(bytes: Uint8Array): string | CelError {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new CelError("invalid UTF-8 in bytes, cannot convert to string");
  }
}

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function toBool(value: Value): Value | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return undefined;
  if (TRUE.has(value)) return true;
  return FALSE.has(value) ? false : undefined;
}

function toBytes(value: Value): Value | undefined {
  if (typeof value === "string") return new TextEncoder().encode(value);
  return value instanceof Uint8Array ? value : undefined;
}

function toDuration(value: Value): Value | undefined {
  if (value instanceof Duration) return value;
  return typeof value === "string" ? parseDuration(value) : undefined;
}

function toTimestamp(value: Value): Value | undefined {
  if (value instanceof Timestamp) return value;
  if (typeof value === "bigint") return timestampInRange(new Timestamp(value * 1_000_000_000n));
  if (typeof value !== "string") return undefined;
  const parsed = parseTimestamp(value);
  return parsed === undefined ? undefined : timestampInRange(parsed);
}

function timestampInRange(timestamp: Timestamp): Timestamp | CelError {
  return isInRange(timestamp.nanoseconds) ? timestamp : new CelError("timestamp overflow");
}
