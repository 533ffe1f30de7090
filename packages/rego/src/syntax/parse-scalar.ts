import type { NumberTerm, StringTerm } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { Kind } from "./token.ts";

/** A number at its sign, its point or its digits. Stays on its last token. */
export function parseNumber(p: Cursor): NumberTerm | undefined {
  const location = p.here();
  let prefix = "";
  if (p.kind === Kind.subtract) {
    prefix = "-";
    p.advance();
    if (p.kind !== Kind.number && p.kind !== Kind.dot) {
      p.unexpected("expected number");
      return undefined;
    }
  }
  if (p.kind === Kind.dot) {
    prefix += ".";
    p.advance();
    if (p.kind !== Kind.number) {
      p.unexpected("expected number");
      return undefined;
    }
  }
  const digits = p.text;
  if (!prefix.endsWith(".") && hasLeadingZero(digits)) {
    p.unexpected("expected number without leading zero");
    return undefined;
  }
  const text = prefix + digits;
  // Two points, as in `.5.5`.
  if (prefix.endsWith(".") && digits.includes(".")) {
    p.unexpected("invalid float");
    return undefined;
  }
  if (isTooBig(text)) {
    p.error(p.here(), "number too big");
    return undefined;
  }
  return { type: "number", text, location };
}

function hasLeadingZero(digits: string): boolean {
  if (digits.length < 2 || digits.charCodeAt(0) !== 48) return false;
  const second = digits.charAt(1);
  return second !== "." && !(digits.length > 2 && (second === "e" || second === "E"));
}

/** The binary exponent past which OPA takes no number. */
const MAX_BINARY_EXPONENT = 100_000;

/** Whether the amount needs a binary exponent beyond the limit, either way. */
function isTooBig(text: string): boolean {
  // No number of so few digits without an exponent can be.
  if (text.length < 1000 && !/[eE]/.test(text)) return false;
  const [mantissa = "", exponent = "0"] = text.toLowerCase().replace(/^-/, "").split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  if (/^0*$/.test(digits)) return false;
  // amount = leading * 10^power, with leading in [1, 10).
  const power = Number(exponent) + digits.length - 1 - fraction.length;
  const leading = Number(`${digits.charAt(0)}.${digits.slice(1, 16)}`);
  const binary = Math.floor(power * Math.log2(10) + Math.log2(leading)) + 1;
  return Math.abs(binary) > MAX_BINARY_EXPONENT;
}

/** A string in quotes, with the escapes of JSON. Stays on it. */
export function parseString(p: Cursor): StringTerm | undefined {
  const written = p.text;
  const value = unescape(written);
  if (value === undefined) {
    p.error(p.here(), `illegal string literal: ${written}`);
    return undefined;
  }
  return { type: "string", value, location: p.here() };
}

/** What a string in quotes stands for, or undefined if an escape is wrong. */
export function unescape(quoted: string): string | undefined {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value.toWellFormed() : undefined;
  } catch {
    return undefined;
  }
}

export function parseRawString(p: Cursor): StringTerm {
  return { type: "string", value: p.text.slice(1, -1), location: p.here() };
}
