import { isArray, isNumber, isObject, isSet } from "../../values/kinds.ts";
import { integerOf, numberText } from "../../values/number.ts";
import { objectEntries } from "../../values/object.ts";
import type { NumericValue, Value } from "../../values/value.ts";
import { wellFormed } from "../../values/utf8.ts";
import { jsonKey } from "../../values/json-write.ts";
import { floatText } from "../go-format.ts";
import { isPlainString } from "./scalar.ts";

/** A value as YAML, laid out as go-yaml v3 does with an indentation of two. */
export function yamlText(value: Value): string {
  if (isEmptyOrScalar(value)) return `${inline(value, 0)}\n`;
  return block(value, 0);
}

function isEmptyOrScalar(value: Value): boolean {
  if (isArray(value)) return value.length === 0;
  if (isSet(value)) return value.size === 0;
  return !isObject(value) || objectEntries(value).length === 0;
}

/** A sequence or mapping, each line indented, with a line break at its end. */
function block(value: Value, indent: number): string {
  const pad = " ".repeat(indent);
  if (isArray(value) || isSet(value)) {
    const items = isArray(value) ? value : value.sorted();
    return items.map((item) => `${pad}- ${nested(item, indent + 2)}`).join("");
  }
  if (!isObject(value)) return "";
  return objectEntries(value)
    .map(([key, item]): readonly [string, Value] => [wellFormed(jsonKey(key)), item])
    .toSorted((a, b) => compareKeys(a[0], b[0]))
    .map(([key, item]) => pad + entry(key, item, indent))
    .join("");
}

/** What follows a dash: collections start on its line. */
function nested(value: Value, indent: number): string {
  return isEmptyOrScalar(value) ? `${inline(value, indent)}\n` : block(value, indent).slice(indent);
}

function entry(key: string, value: Value, indent: number): string {
  const name = keyText(key);
  const explicit = name.length > 128 ? `? ${name}\n${" ".repeat(indent)}:` : `${name}:`;
  if (isEmptyOrScalar(value)) return `${explicit} ${inline(value, indent + 2)}\n`;
  return `${explicit}\n${block(value, indent + 2)}`;
}

function keyText(key: string): string {
  return scalarText(key, undefined);
}

/** A scalar or an empty collection; `indent` is where further lines of it go. */
function inline(value: Value, indent: number): string {
  if (typeof value === "string") return scalarText(wellFormed(value), indent);
  if (isNumber(value)) return yamlNumber(value);
  if (typeof value === "boolean" || value === null) return String(value);
  return isArray(value) || isSet(value) ? "[]" : "{}";
}

function yamlNumber(value: NumericValue): string {
  const text = numberText(value);
  if (/^-?[0-9]+$/.test(text)) {
    const integer = integerOf(value) ?? 0n;
    if (integer >= -(1n << 63n) && integer < 1n << 64n) return integer.toString();
  }
  return floatText(Number(text), "g", undefined);
}

/** go-yaml also escapes what is beyond 16 bits. */
const unprintable = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

/** A string in the first style that can hold it: plain, single quotes, double quotes, or a block if it has lines. */
function scalarText(text: string, indent: number | undefined): string {
  const special = unprintable.test(text);
  if (/\n/.test(text)) {
    const blockAllowed =
      indent !== undefined && !special && !/ (?:\n|$)/.test(text) && !/[\r\u0085\u2028\u2029]/.test(text);
    return blockAllowed ? literal(text, indent) : doubleQuoted(text);
  }
  if (!isPlainString(text)) return doubleQuoted(text);
  if (isPlainAllowed(text) && !special) return text;
  return special || /[\t\r\u0085\u2028\u2029]/.test(text) ? doubleQuoted(text) : `'${text.replaceAll("'", "''")}'`;
}

/** Whether nothing in the text means something else to a YAML reader. */
function isPlainAllowed(text: string): boolean {
  return (
    text !== "" &&
    !/^[ #,[\]{}&*!|>'"%@`]/.test(text) &&
    !/^[-?:](?:\s|$)/.test(text) &&
    !/^(?:---|\.\.\.)/.test(text) &&
    !/:(?:\s|$)| #|\s$|[\t\r\u0085\u2028\u2029]/.test(text)
  );
}

function literal(text: string, indent: number): string {
  const ending = text.endsWith("\n") ? (/(?:^|\n)\n$/.test(text) ? "+" : "") : "-";
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const pad = " ".repeat(Math.max(indent, 2));
  const lines = text.replace(/\n$/, "").split("\n");
  return `|${hint}${ending}\n${lines.map((line) => (line === "" ? "" : pad + line)).join("\n")}`;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\u001b", "\\e"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0085", "\\N"],
  ["\u00a0", "\\_"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

function doubleQuoted(text: string): string {
  let quoted = "";
  for (const character of text) {
    const escaped = escapes.get(character);
    if (escaped !== undefined && character !== "\u00a0") quoted += escaped;
    else quoted += unprintable.test(character) || character === "\ufeff" ? hexEscape(character) : character;
  }
  return `"${quoted}"`;
}

function hexEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** go-yaml orders keys as people do: letters after other characters, and numbers within them by amount. */
function compareKeys(left: string, right: string): number {
  const a = Array.from(left);
  const b = Array.from(right);
  let digits = false;
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    const [x, y] = [a[i] ?? "", b[i] ?? ""];
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    const [xLetter, yLetter] = [isLetter(x), isLetter(y)];
    if (xLetter && yLetter) return byCode(x, y);
    if (xLetter || yLetter) return (digits ? xLetter : yLetter) ? -1 : 1;
    return compareFrom(a, b, i) || byCode(x, y);
  }
  return a.length - b.length;
}

function compareFrom(a: readonly string[], b: readonly string[], from: number): number {
  let [x, y] = [0, 0];
  if (a[from] === "0" || b[from] === "0") {
    for (let j = from - 1; j >= 0 && isDigit(a[j] ?? ""); j -= 1) {
      if (a[j] !== "0") {
        [x, y] = [1, 1];
        break;
      }
    }
  }
  let [i, j] = [from, from];
  for (; i < a.length && isDigit(a[i] ?? ""); i += 1) x = x * 10 + Number(a[i]);
  for (; j < b.length && isDigit(b[j] ?? ""); j += 1) y = y * 10 + Number(b[j]);
  return x - y || i - j;
}

function byCode(x: string, y: string): number {
  return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
}

function isDigit(character: string): boolean {
  return /^[0-9]$/.test(character);
}

function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character);
}
