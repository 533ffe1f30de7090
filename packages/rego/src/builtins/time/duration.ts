import { quote } from "../../values/term-text.ts";
import { BuiltinError } from "../errors.ts";
import { floatText } from "../go-format.ts";
import { quoteBytes } from "./quote.ts";

const unitNanoseconds: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1000n],
  ["\u00b5s", 1000n],
  ["\u03bcs", 1000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** Units that Go has not, in hours. */
const longUnits: ReadonlyMap<string, number> = new Map([
  ["d", 24],
  ["w", 7 * 24],
  ["y", 365 * 24],
]);

/** Nanoseconds of a duration: Go's, and days, weeks and years as OPA adds them. */
export function parseDuration(text: string): bigint {
  if (!/[dwy]/.test(text)) return parseGoDuration(text, text);
  const match = /^([-+]?)((?:[0-9.]+(?:ms|us|\u00b5s|ns|[a-z]))+)$/.exec(text);
  if (match === null) throw new BuiltinError(`time: invalid duration ${quote(text)}`);
  const rewritten = (match[2] ?? "").replaceAll(
    /([0-9.]+)(ms|us|\u00b5s|ns|[a-z])/g,
    (segment: string, digits: string, unit: string) => {
      const hours = longUnits.get(unit);
      if (hours === undefined) return segment;
      const amount = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(digits) ? Number(digits) : Number.NaN;
      if (Number.isNaN(amount)) throw new BuiltinError(`time: invalid duration ${quote(text)}`);
      return `${floatText(amount * hours, "f", undefined)}h`;
    },
  );
  return parseGoDuration((match[1] ?? "") + rewritten, text);
}

function failure(reason: string, original: string): BuiltinError {
  return new BuiltinError(`time: ${reason} ${quoteBytes(original)}`);
}

const limit = 1n << 63n;

function parseGoDuration(text: string, original: string): bigint {
  const negative = text.startsWith("-");
  let rest = text.replace(/^[-+]/, "");
  if (rest === "0") return 0n;
  if (rest === "") throw failure("invalid duration", original);
  let total = 0n;
  while (rest !== "") {
    const match = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest);
    const [number = "", whole = "", fraction = ""] = match ?? [];
    if (whole === "" && fraction === "") throw failure("invalid duration", original);
    rest = rest.slice(number.length);
    const unit = /^[^.0-9]+/.exec(rest)?.[0];
    if (unit === undefined) throw failure("missing unit in duration", original);
    rest = rest.slice(unit.length);
    const size = unitNanoseconds.get(unit);
    if (size === undefined) throw failure(`unknown unit ${quoteBytes(unit)} in duration`, original);
    let amount = BigInt(whole || "0");
    if (amount > limit / size) throw failure("invalid duration", original);
    amount *= size;
    if (fraction !== "") amount += fractionOf(fraction, size);
    total += amount;
    if (amount > limit || total > limit) throw failure("invalid duration", original);
  }
  if (negative) return -total;
  if (total > limit - 1n) throw failure("invalid duration", original);
  return total;
}

/** Go takes as many digits of a fraction as fit 63 bits, and works in doubles. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (limit - 1n) / 10n || next > limit) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}
