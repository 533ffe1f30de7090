import { isArray, isNumber } from "../values/kinds.ts";
import { RegoNumber } from "../values/number.ts";
import { termText } from "../values/term-text.ts";
import type { NumericValue, Value } from "../values/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { chargeText } from "./growth.ts";
import { type FormatOperand, goFormat } from "./go-format.ts";
import { arrayOperand, stringOperand } from "./operands.ts";

/** What `%v` and `%s` of a value print, which is all that most formats ask for; undefined if it takes more thought. */
function simpleText(value: Value | undefined, verb: string): string | undefined {
  if (typeof value === "string") return verb === "d" ? undefined : value;
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && verb !== "s" ? String(value + 0) : undefined;
  }
  if (value === undefined || verb === "d" || isNumber(value)) return undefined;
  return termText(value);
}

function formatOperand(value: Value): FormatOperand {
  if (typeof value === "string") return { type: "string", value };
  if (isNumber(value)) return numberOperand(value);
  return { type: "string", value: termText(value) };
}

function numberOperand(value: NumericValue): FormatOperand {
  if (typeof value === "bigint") {
    const fits = value >= -(2n ** 63n) && value < 2n ** 63n;
    return { type: fits ? "int64" : "*big.Int", value };
  }
  if (value instanceof RegoNumber) {
    if (!/[.eE]/.test(value.text)) return { type: "int64", value: BigInt(value.text) };
    const float = Number(value.text);
    return Number.isFinite(float) ? { type: "float64", value: float } : { type: "string", value: value.text };
  }
  return Number.isSafeInteger(value) ? { type: "int64", value: BigInt(value) } : { type: "float64", value };
}

/** Formats with the plain verbs alone, one each for as many operands; undefined where it needs the whole language. */
function formatSimply(format: string, operands: readonly Value[]): string | undefined {
  let output = "";
  let at = 0;
  let taken = 0;
  for (;;) {
    const percent = format.indexOf("%", at);
    if (percent < 0) break;
    const verb = format.charAt(percent + 1);
    if (verb !== "v" && verb !== "s" && verb !== "d") return undefined;
    const text = simpleText(operands[taken], verb);
    if (text === undefined) return undefined;
    output += format.slice(at, percent) + text;
    taken += 1;
    at = percent + 2;
  }
  return taken === operands.length ? output + format.slice(at) : undefined;
}

/** At most so many characters come from widths and precisions, as the format gives them or, by `*`, the operands. */
function paddingBound(format: string, operands: readonly Value[]): number {
  let bound = 0;
  if (/[0-9]{4}/.test(format)) {
    // Longer ones are not taken for a width.
    for (const [digits] of format.matchAll(/[0-9]{4,}/g)) if (digits.length <= 8) bound += Number(digits);
  }
  if (format.includes("*")) {
    for (const operand of operands) {
      if (typeof operand === "number" && Math.abs(operand) <= 1e6) bound += Math.abs(operand);
    }
  }
  return bound;
}

export function sprintf(context: BuiltinContext, format: Value, operands: Value): Value {
  const pattern = stringOperand(format, 1);
  const list = isArray(operands) ? operands : arrayOperand(operands, 2);
  chargeText(context, paddingBound(pattern, list));
  const text = formatSimply(pattern, list) ?? goFormat(pattern, list.map(formatOperand));
  if (text.length > 1024) context.charge(text.length / 16);
  return text;
}
