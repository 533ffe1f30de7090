import { bigintValue, numberFromText } from "../../values/number.ts";
import type { Value } from "../../values/value.ts";
import { floatText } from "../go-format.ts";

/*
 * What plain scalars mean to go-yaml v3, whose core schema keeps old octals and drops the old booleans. Dates are
 * recognised (they are quoted when written) and read as strings.
 */

const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...["true", "True", "TRUE"].map((word): [string, Value] => [word, true]),
  ...["false", "False", "FALSE"].map((word): [string, Value] => [word, false]),
  ...["", "~", "null", "Null", "NULL"].map((word): [string, Value] => [word, null]),
]);
const notFinite = /^(?:[+-]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const timestamp =
  /^[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?)?$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const oldBooleans = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;

/** A number that JSON has no form for. */
export class NoJsonForm {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The value of a plain scalar without a tag. */
export function resolvePlain(text: string): Value | NoJsonForm {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (notFinite.test(text)) return new NoJsonForm(text);
  if (!/^[-+.0-9]/.test(text)) return text;
  const plain = text.startsWith(".") ? text : text.replaceAll("_", "");
  const whole = integerValue(plain);
  if (whole !== undefined) return bigintValue(whole);
  if (!float.test(plain) || (text !== plain && timestamp.test(text))) return text;
  const number = Number(plain);
  return Number.isFinite(number) ? (numberFromText(jsonFloat(number)) ?? text) : text;
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

/** A double as Go's JSON encoder writes it. */
export function jsonFloat(number: number): string {
  const size = Math.abs(number);
  const text = floatText(number, size !== 0 && (size < 1e-6 || size >= 1e21) ? "e" : "f", undefined);
  return text.replace(/e-0([0-9])$/, "e-$1");
}

/** Whether a string, written plain, would be read as the string that it is, by this reader and by old ones. */
export function isPlainString(text: string): boolean {
  if (oldBooleans.test(text) || base60.test(text) || timestamp.test(text) || text === "<<") return false;
  return resolvePlain(text) === text;
}
