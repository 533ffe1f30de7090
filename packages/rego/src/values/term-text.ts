import { numberText, RegoNumber } from "./number.ts";
import { isArray, isObject } from "./kinds.ts";
import { objectEntries } from "./object.ts";
import { RegoSet } from "./set.ts";
import type { Value } from "./value.ts";

const plainText = /^[ !#-[\]-~]*$/;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const escapes: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);

/** A string between quotes as Go's strconv.Quote writes it, which is how OPA prints strings inside other terms. */
export function quote(text: string): string {
  if (plainText.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text) quoted += escapes.get(character) ?? escapedUnlessPrintable(character);
  return `${quoted}"`;
}

function escapedUnlessPrintable(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code >= 0xd800 && code <= 0xdfff) return "\\ufffd";
  if (printable.test(character)) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x1_0000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** A value as OPA prints a term: `{"a": [1, set()], 2: null}`. */
export function termText(value: Value): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      if (value === null) return "null";
      if (value instanceof RegoNumber) return numberText(value);
      if (isArray(value)) return `[${value.map(termText).join(", ")}]`;
      if (value instanceof RegoSet) {
        return value.size === 0 ? "set()" : `{${value.sorted().map(termText).join(", ")}}`;
      }
      if (!isObject(value)) return "";
      return `{${objectEntries(value)
        .map(([key, item]) => `${termText(key)}: ${termText(item)}`)
        .join(", ")}}`;
  }
}
