import { bigintValue, numberFromText } from "../../values/number.ts";
import type { NumericValue } from "../../values/value.ts";
import { floatText } from "../go-format.ts";
import { readTimestamp } from "./timestamp.ts";

/*
 * What plain scalars mean to go-yaml v3, whose core schema keeps old octals and drops the old booleans. Dates are
 * recognised (they are quoted when written) and read as strings.
 */

/** What a scalar is read as. `float` keeps the double, as which it is printed where it is a key. */
export type Resolved =
  | { readonly tag: "!!null" }
  | { readonly tag: "!!bool"; readonly value: boolean }
  | { readonly tag: "!!int"; readonly value: number | bigint }
  | { readonly tag: "!!float"; readonly double: number }
  | { readonly tag: "!!timestamp"; readonly moment: string }
  | { readonly tag: "!!str"; readonly value: string };

const words: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ...["true", "True", "TRUE"].map((word): [string, Resolved] => [word, { tag: "!!bool", value: true }]),
  ...["false", "False", "FALSE"].map((word): [string, Resolved] => [word, { tag: "!!bool", value: false }]),
  ...["", "~", "null", "Null", "NULL"].map((word): [string, Resolved] => [word, { tag: "!!null" }]),
  ...[".nan", ".NaN", ".NAN"].map((word): [string, Resolved] => [word, { tag: "!!float", double: Number.NaN }]),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word): [string, Resolved] => [
    word,
    { tag: "!!float", double: Number.POSITIVE_INFINITY },
  ]),
  ...["-.inf", "-.Inf", "-.INF"].map((word): [string, Resolved] => [
    word,
    { tag: "!!float", double: Number.NEGATIVE_INFINITY },
  ]),
]);
const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const oldBooleans = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;

/** The meaning of a plain scalar without a tag. */
export function resolvePlain(text: string): Resolved {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return { tag: "!!str", value: text };
  const moment = readTimestamp(text);
  if (moment !== undefined) return { tag: "!!timestamp", moment };
  return resolveNumber(text) ?? { tag: "!!str", value: text };
}

/** The meaning of a scalar under a tag that go-yaml resolves; the tag that it found instead where it cannot be read so. */
export function resolveTagged(tag: string, text: string): Resolved | { readonly found: string } {
  if (tag === "!!str") return { tag: "!!str", value: text };
  const word = words.get(text);
  const startsNumber = /^[-+0-9]/.test(text);
  const moment = tag === "!!timestamp" && startsNumber ? readTimestamp(text) : undefined;
  const resolved: Resolved | undefined =
    word ?? (moment === undefined ? resolveNumber(text) : { tag: "!!timestamp", moment });
  if (resolved === undefined) return { found: "!!str" };
  if (resolved.tag === tag) return resolved;
  if (tag === "!!float" && resolved.tag === "!!int" && resolved.value <= 0x7fff_ffff_ffff_ffffn) {
    return { tag: "!!float", double: Number(resolved.value) };
  }
  return { found: resolved.tag };
}

function resolveNumber(text: string): Resolved | undefined {
  if (!/^[-+.0-9]/.test(text)) return undefined;
  if (/^-?[1-9][0-9]{0,14}$/.test(text)) return { tag: "!!int", value: Number(text) };
  const plain = text.startsWith(".") ? text : text.replaceAll("_", "");
  const whole = integerValue(plain);
  if (whole !== undefined) return { tag: "!!int", value: bigintValue(whole) };
  if (!float.test(plain)) return undefined;
  const double = Number(plain);
  return Number.isFinite(double) ? { tag: "!!float", double } : undefined;
}

/** Go's ParseInt and ParseUint with the base told by the prefix. */
function integerValue(plain: string): bigint | undefined {
  if (!integer.test(plain)) return undefined;
  const digits = plain.replace(/^[-+]/, "");
  const magnitude = BigInt(/^0[0-9]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const negative = plain.startsWith("-");
  const limit = negative ? 1n << 63n : plain.startsWith("+") ? (1n << 63n) - 1n : (1n << 64n) - 1n;
  if (magnitude > limit) return undefined;
  return negative ? -magnitude : magnitude;
}

/** A finite double as the number that Go's JSON encoder writes for it. */
export function doubleValue(double: number): NumericValue {
  return numberFromText(jsonFloat(double)) ?? double;
}

/** A double as Go's JSON encoder writes it. */
export function jsonFloat(number: number): string {
  const size = Math.abs(number);
  const text = floatText(number, size !== 0 && (size < 1e-6 || size >= 1e21) ? "e" : "f", undefined);
  return text.replace(/e-0([0-9])$/, "e-$1");
}

/** Whether a string, written plain, would be read as the string that it is, by this reader and by old ones. */
export function isPlainString(text: string): boolean {
  return resolvePlain(text).tag === "!!str" && !oldBooleans.test(text) && !base60.test(text);
}
