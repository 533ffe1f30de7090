import { isArray, isSet } from "../values/kinds.ts";
import { truncated } from "../values/big-float.ts";
import { toBigFloat } from "../values/arithmetic.ts";
import { integerOf, numberText } from "../values/number.ts";
import { objectEntries } from "../values/object.ts";
import { characterCount, fromUtf8, isAscii, toUtf8 } from "../values/utf8.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import {
  elementError,
  intOperand,
  membersOf,
  numberOperand,
  objectOperand,
  operandError,
  stringOperand,
  stringsOperand,
  typeError,
} from "./operands.ts";
import { chargeText } from "./growth.ts";
import { sprintf } from "./sprintf.ts";
import { renderTemplate } from "./templates.ts";
import { toLower, toUpper } from "./unicode-case.ts";

function concat(context: BuiltinContext, separator: Value, parts: Value): Value {
  const join = stringOperand(separator, 1);
  const members = membersOf(parts);
  if (members === undefined) throw typeError(2, parts, "set", "array");
  const texts: string[] = [];
  let length = join.length * Math.max(members.length - 1, 0);
  for (const member of members) {
    if (typeof member !== "string") throw elementError(2, parts, member, "string");
    texts.push(member);
    length += member.length;
  }
  chargeText(context, length);
  return texts.join(join);
}

function formatInt(_context: BuiltinContext, number: Value, base: Value): Value {
  const value = numberOperand(number, 1);
  const text = numberText(numberOperand(base, 2));
  const radix = Number(text);
  if (!["2", "8", "10", "16"].includes(text)) throw operandError(2, "must be one of {2, 8, 10, 16}");
  const written = /^[+-]?[0-9]+$/.test(numberText(value));
  const integer = written ? integerOf(value) : undefined;
  return (integer ?? truncated(toBigFloat(value))).toString(radix);
}

function searchOperand(value: Value): string {
  const search = stringOperand(value, 2);
  if (search === "") throw new BuiltinError("empty search character");
  return search;
}

function indexOf(_context: BuiltinContext, text: Value, search: Value): Value {
  const base = stringOperand(text, 1);
  const index = base.indexOf(searchOperand(search));
  return index <= 0 ? index : characterCount(base.slice(0, index));
}

function indexesOf(context: BuiltinContext, text: Value, search: Value): Value {
  const base = stringOperand(text, 1);
  const wanted = searchOperand(search);
  context.charge(base.length / 16);
  const indexes: Value[] = [];
  let characters = 0;
  let counted = 0;
  for (let at = base.indexOf(wanted); at >= 0; at = base.indexOf(wanted, at + 1)) {
    characters += characterCount(base.slice(counted, at));
    counted = at;
    indexes.push(characters);
  }
  return indexes;
}

function substring(_context: BuiltinContext, text: Value, offset: Value, length: Value): Value {
  const base = stringOperand(text, 1);
  const start = intOperand(offset, 2);
  const size = intOperand(length, 3);
  if (start < 0) throw new BuiltinError("negative offset");
  if (isAscii(base)) return size < 0 ? base.slice(start) : base.slice(start, start + size);
  const characters = Array.from(base);
  return characters.slice(start, size < 0 ? undefined : start + size).join("");
}

function countOf(_context: BuiltinContext, text: Value, search: Value): Value {
  const base = stringOperand(text, 1);
  const wanted = stringOperand(search, 2);
  if (wanted === "") return characterCount(base) + 1;
  let count = 0;
  for (let at = base.indexOf(wanted); at >= 0; at = base.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
}

function splitText(text: string, separator: string): string[] {
  return separator === "" ? Array.from(text) : text.split(separator);
}

function split(context: BuiltinContext, text: Value, separator: Value): Value {
  if (typeof text !== "string") throw typeError(1, text, "string");
  if (typeof separator !== "string") throw typeError(2, separator, "string");
  const parts = splitText(text, separator);
  if (parts.length > 64) context.charge(parts.length);
  return parts;
}

/** The first n parts, or for a negative n the last -n. */
function splitSome(context: BuiltinContext, text: Value, separator: Value, limit: Value): Value {
  const base = stringOperand(text, 1);
  const delimiter = stringOperand(separator, 2);
  const n = intOperand(limit, 3);
  context.charge(base.length / 16);
  const parts = splitText(base, delimiter);
  return n >= 0 ? parts.slice(0, n) : parts.slice(n);
}

function replace(context: BuiltinContext, text: Value, old: Value, replacement: Value): Value {
  const base = stringOperand(text, 1);
  const search = stringOperand(old, 2);
  const by = stringOperand(replacement, 3);
  chargeText(context, base.length + occurrences(base, search) * Math.max(by.length - search.length, 0));
  return search === "" ? replaceAll(base, [["", by]]) : base.replaceAll(search, () => by);
}

/**
 * Go's Replacer: at each place the first of the pairs that fits, an empty one only where the one before was not empty.
 * Empty patterns fit between bytes, even those of one character.
 */
/** How often a text is found in another, one after another; the empty one around each character. */
function occurrences(text: string, search: string): number {
  if (search === "") return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + search.length)) count += 1;
  return count;
}

function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  if (isAscii(text) || pairs.every(([old]) => old !== "")) return replaceUnits(text, pairs);
  const inBytes = pairs.map(([old, by]): [string, string] => [binary(old), binary(by)]);
  return fromUtf8(Uint8Array.from(replaceUnits(binary(text), inBytes), (unit) => unit.charCodeAt(0)));
}

/** A string with one character for each byte. */
function binary(text: string): string {
  return Array.from(toUtf8(text), (byte) => String.fromCharCode(byte)).join("");
}

function replaceUnits(text: string, pairs: readonly (readonly [string, string])[]): string {
  let result = "";
  let copied = 0;
  let wasEmpty: boolean = false;
  for (let at = 0; at <= text.length;) {
    const skipEmpty: boolean = wasEmpty;
    const here = at;
    const pair: readonly [string, string] | undefined = pairs.find(
      ([old]) => !(skipEmpty && old === "") && text.startsWith(old, here),
    );
    wasEmpty = pair !== undefined && pair[0] === "";
    if (pair === undefined) at += 1;
    else {
      result += text.slice(copied, at) + pair[1];
      at += pair[0].length;
      copied = at;
    }
  }
  return result + text.slice(copied);
}

function replaceMany(context: BuiltinContext, patterns: Value, text: Value): Value {
  const object = objectOperand(patterns, 1);
  const base = stringOperand(text, 2);
  const pairs: (readonly [string, string])[] = [];
  for (const [old, by] of objectEntries(object)) {
    if (typeof old !== "string") throw operandError(1, "non-string key found in pattern object");
    if (typeof by !== "string") throw operandError(1, "non-string value found in pattern object");
    pairs.push([old, by]);
  }
  context.charge((base.length * (1 + pairs.length)) / 16);
  const growth = pairs.map(([old, by]) => occurrences(base, old) * Math.max(by.length - old.length, 0));
  chargeText(context, base.length + growth.reduce((sum, size) => sum + size, 0));
  return replaceAll(base, pairs);
}

function trimLeft(text: string, cutset: string): string {
  if (cutset === "") return text;
  const unwanted = new Set(cutset);
  let start = 0;
  for (const character of text) {
    if (!unwanted.has(character)) break;
    start += character.length;
  }
  return text.slice(start);
}

function trimRight(text: string, cutset: string): string {
  if (cutset === "") return text;
  const unwanted = new Set(cutset);
  let end = text.length;
  while (end > 0) {
    const low = text.charCodeAt(end - 1);
    const paired = end > 1 && (low & 0xfc00) === 0xdc00 && (text.charCodeAt(end - 2) & 0xfc00) === 0xd800;
    const size = paired ? 2 : 1;
    if (!unwanted.has(text.slice(end - size, end))) break;
    end -= size;
  }
  return text.slice(0, end);
}

const space = String.raw`[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const leadingSpace = new RegExp(`^${space}+`);
const isSpace = new RegExp(space);

function trimSpace(_context: BuiltinContext, text: Value): Value {
  const base = stringOperand(text, 1).replace(leadingSpace, "");
  let end = base.length;
  while (end > 0 && isSpace.test(base.charAt(end - 1))) end -= 1;
  return base.slice(0, end);
}

function reverse(_context: BuiltinContext, text: Value): Value {
  return Array.from(stringOperand(text, 1)).toReversed().join("");
}

/** Whether any of some strings begins (or ends) with any of others. */
function anyAffix(
  context: BuiltinContext,
  search: Value,
  base: Value,
  matches: (text: string, affix: string) => boolean,
): Value {
  const texts = affixOperand(search, 1);
  const affixes = affixOperand(base, 2);
  context.charge((texts.length * affixes.length) / 16);
  return texts.some((text) => affixes.some((affix) => matches(text, affix)));
}

function affixOperand(value: Value, position: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (isArray(value) || isSet(value)) return stringsOperand(value, position);
  throw typeError(position, value, "string", "set", "array");
}

export const strings: Family = {
  concat,
  contains: (_, text, part) => {
    if (typeof text === "string" && typeof part === "string") return text.includes(part);
    return stringOperand(text, 1).includes(stringOperand(part, 2));
  },
  startswith: (_, text, prefix) => {
    if (typeof text === "string" && typeof prefix === "string") return text.startsWith(prefix);
    return stringOperand(text, 1).startsWith(stringOperand(prefix, 2));
  },
  endswith: (_, text, suffix) => {
    if (typeof text === "string" && typeof suffix === "string") return text.endsWith(suffix);
    return stringOperand(text, 1).endsWith(stringOperand(suffix, 2));
  },
  format_int: formatInt,
  indexof: indexOf,
  indexof_n: indexesOf,
  lower: (_, text) => toLower(stringOperand(text, 1)),
  upper: (_, text) => toUpper(stringOperand(text, 1)),
  replace,
  split,
  sprintf,
  "strings.any_prefix_match": (context, search, base) => anyAffix(context, search, base, (s, p) => s.startsWith(p)),
  "strings.any_suffix_match": (context, search, base) => anyAffix(context, search, base, (s, p) => s.endsWith(p)),
  "strings.count": countOf,
  "strings.render_template": renderTemplate,
  "strings.replace_n": replaceMany,
  "strings.reverse": reverse,
  "strings.split_n": splitSome,
  substring,
  trim: (_, text, cutset) => {
    const [base, unwanted] = [stringOperand(text, 1), stringOperand(cutset, 2)];
    return trimRight(trimLeft(base, unwanted), unwanted);
  },
  trim_left: (_, text, cutset) => trimLeft(stringOperand(text, 1), stringOperand(cutset, 2)),
  trim_right: (_, text, cutset) => trimRight(stringOperand(text, 1), stringOperand(cutset, 2)),
  trim_prefix: (_, text, prefix) => {
    const [base, start] = [stringOperand(text, 1), stringOperand(prefix, 2)];
    return base.startsWith(start) ? base.slice(start.length) : base;
  },
  trim_suffix: (_, text, suffix) => {
    const [base, end] = [stringOperand(text, 1), stringOperand(suffix, 2)];
    return base.endsWith(end) ? base.slice(0, base.length - end.length) : base;
  },
  trim_space: trimSpace,
};
