/**
 * What plain scalars mean to kubectl: sigs.k8s.io/yaml over go-yaml v2, which follows YAML 1.1 with exceptions of its own.
 * `yes` and `on` are booleans, `0644` is octal, dates and sexagesimal numbers are strings.
 */

import { integerValue } from "../exact-json.ts";

export type Scalar = string | number | bigint | boolean | null;

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Infinity] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, -Infinity] as const),
]);

const LONGEST_WORD = 5;

/** How a scalar may be read, by its first character: 0 a string, 1 perhaps a word, 2 a number, 3 a fraction without leading digit. */
const HINTS = new Uint8Array(128);
for (const character of "yYnNtTfFoO~") HINTS[character.charCodeAt(0)] = 1;
for (const character of "0123456789+-") HINTS[character.charCodeAt(0)] = 2;
HINTS[".".charCodeAt(0)] = 3;

const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Go's ParseFloat allows underscores between digits. */
const FRACTION = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/;

/** The value of a plain (unquoted, untagged) scalar. May be NaN or infinite, which JSON cannot hold. */
export function resolvePlain(text: string): Scalar {
  if (text === "") return null;
  const code = text.charCodeAt(0);
  const hint = code < 128 ? HINTS[code] : 0;
  if (hint === 0) return text;
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  if (hint === 1) return text;
  if (hint === 3) return FRACTION.test(text) ? finiteOr(text, Number(text.replaceAll("_", ""))) : text;
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const integer = parseInteger(plain);
  if (integer !== undefined) return integer;
  return FLOAT.test(plain) ? finiteOr(text, Number(plain)) : text;
}

/** The value of a plain scalar by the core schema of YAML 1.2: `yes` and `on` are strings, `0644` is decimal. */
export function resolveCorePlain(text: string): Scalar {
  const word = text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
  if (word !== undefined && !/^(?:[yYnN]|yes|no|on|off)$/i.test(text)) return word;
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$/.test(text)) return Number(text);
  const value = FLOAT.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : text;
}

/**
 * Numbers too large for a float64 are strings to Go. One that is whole it writes without an exponent up to 1e21, which then is the
 * integer that the API server reads.
 */
function finiteOr(text: string, value: number): Scalar {
  if (!Number.isFinite(value)) return text;
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? integerValue(BigInt(String(value))) : value;
}

/** `strconv.ParseInt(plain, 0, 64)`, then `ParseUint`. Values beyond 64 bits with a sign are rounded, as the API server does. */
function parseInteger(plain: string): number | bigint | undefined {
  if (plain.length < 16) {
    const value = +plain;
    // The common case: a plain decimal, which needs none of the checks below.
    if (Number.isSafeInteger(value) && String(value) === plain && plain !== "-0") return value;
  }
  const value = parseBigInteger(plain);
  return value === undefined ? undefined : integerValue(value);
}

function parseBigInteger(plain: string): bigint | undefined {
  if (!INTEGER.test(plain)) return undefined;
  const sign = plain.startsWith("-") ? -1n : 1n;
  const signed = plain.startsWith("-") || plain.startsWith("+");
  const digits = signed ? plain.slice(1) : plain;
  const magnitude = BigInt(/^0[0-9]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const limit = plain.startsWith("-") ? 1n << 63n : plain.startsWith("+") ? (1n << 63n) - 1n : (1n << 64n) - 1n;
  return magnitude > limit ? undefined : sign * magnitude;
}

/**
 * The JSON key that a plain scalar becomes as a mapping key, as sigs.k8s.io/yaml converts it: `1` to "1", `0x10` to "16",
 * `yes` to "true", `1.5` to "1.5". Undefined where it has none: null, and integers beyond int64.
 */
export function resolvePlainKey(text: string): string | undefined {
  const value = resolvePlain(text);
  if (typeof value === "string") return value;
  if (value === null) return undefined;
  if (typeof value === "boolean") return String(value);
  const integer = text.startsWith(".") ? undefined : parseBigInteger(text.replaceAll("_", ""));
  if (integer !== undefined) return integer >= 1n << 63n ? undefined : String(integer);
  return formatFloat32(Number(value));
}

/** `strconv.FormatFloat(value, 'g', -1, 32)` with YAML's names for what is no number. */
export function formatFloat32(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return ".nan";
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  let shortest = single.toExponential();
  for (let digits = 0; digits <= 9; digits += 1) {
    const candidate = single.toExponential(digits);
    if (Math.fround(Number(candidate)) === single) {
      shortest = candidate;
      break;
    }
  }
  const [mantissa = "0", power = "0"] = shortest.split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return expand(mantissa, exponent);
  const sign = exponent < 0 ? "-" : "+";
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** A decimal mantissa and exponent without exponent notation. */
function expand(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

const CORE_PREFIX = "tag:yaml.org,2002:";

/** `!!int` for every way to write that tag; others as they are. Undefined for the non-specific tag `!`. */
export function shortTag(tag: string, handles: ReadonlyMap<string, string>): string | undefined {
  if (tag === "!") return undefined;
  let full = tag;
  if (tag.startsWith("!<") && tag.endsWith(">")) full = tag.slice(2, -1);
  else {
    const end = tag.indexOf("!", 1) + 1;
    const prefix = handles.get(end === 0 ? "!" : tag.slice(0, end));
    if (prefix !== undefined) full = prefix + tag.slice(end === 0 ? 1 : end);
  }
  return full.startsWith(CORE_PREFIX) ? `!!${full.slice(CORE_PREFIX.length)}` : full;
}

const TIMESTAMP =
  /^\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/;

/** The value of a scalar with an explicit tag, or what is wrong with it. */
export function resolveTagged(tag: string, text: string): { readonly value: Scalar } | { readonly problem: string } {
  switch (tag) {
    case "!!str":
      return { value: text };
    case "!!binary": {
      const compact = text.replaceAll(/[\r\n]/g, "");
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact))
        return { problem: "!!binary value contains invalid base64 data" };
      return { value: Buffer.from(compact, "base64").toString("utf8") };
    }
    case "!!timestamp":
      return TIMESTAMP.test(text) ? { value: text } : mismatch(text, tag);
    case "!!bool":
    case "!!int":
    case "!!float":
    case "!!null": {
      const value = resolvePlain(text);
      const natural = tagOf(value, text);
      return natural === tag || (natural === "!!int" && tag === "!!float") ? { value } : mismatch(text, tag);
    }
    default:
      return { value: text };
  }
}

function mismatch(text: string, tag: string): { readonly problem: string } {
  return { problem: `cannot decode ${tagOf(resolvePlain(text), text)} \`${text}\` as a ${tag}` };
}

function tagOf(value: Scalar, text: string): string {
  if (value === null) return "!!null";
  if (typeof value === "boolean") return "!!bool";
  if (typeof value === "string") return "!!str";
  return parseInteger(text.replaceAll("_", "")) === undefined ? "!!float" : "!!int";
}
