/** CEL's strings extension, version 2. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { BOOL, DYN, INT, listType, STRING } from "../types/type.ts";
import { stringList } from "../values/native.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { valueText } from "../values/text.ts";
import { CelError, ListValue, type Value } from "../values/value.ts";
import { formatString } from "./string-format.ts";

const STRINGS = listType(STRING);

function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function int(value: Value | undefined): number {
  return typeof value === "bigint" ? Number(value) : 0;
}

function outOfRange(index: number): CelError {
  return new CelError(`index out of range: ${index}`);
}

function charAt(value: string, index: number): Value {
  const characters = Array.from(value);
  return index < 0 || index > characters.length ? outOfRange(index) : (characters[index] ?? "");
}

function isAt(characters: readonly string[], part: readonly string[], start: number): boolean {
  return part.every((character, index) => characters[start + index] === character);
}

function indexOf(value: string, part: string, offset: number): Value {
  if (part === "") return BigInt(offset);
  if (offset < 0) return outOfRange(offset);
  const characters = Array.from(value);
  const wanted = Array.from(part);
  for (let start = offset; start + wanted.length <= characters.length; start++) {
    if (isAt(characters, wanted, start)) return BigInt(start);
  }
  return -1n;
}

function lastIndexOf(value: string, part: string, offset: number | undefined): Value {
  const characters = Array.from(value);
  if (part === "") return BigInt(offset ?? characters.length);
  const wanted = Array.from(part);
  const from = offset ?? characters.length - 1;
  if (offset === undefined && wanted.length > characters.length) return -1n;
  if (from < 0) return outOfRange(from);
  if (from >= characters.length) return -1n;
  for (let start = Math.min(from, characters.length - wanted.length); start >= 0; start--) {
    if (isAt(characters, wanted, start)) return BigInt(start);
  }
  return -1n;
}

/** `count` below zero replaces all. An empty part stands before every character and at the end. */
function replace(value: string, part: string, by: string, count: number): string {
  if (count === 0) return value;
  if (part === "") {
    let left = count < 0 ? Infinity : count;
    let result = "";
    for (const character of value) result += (left-- > 0 ? by : "") + character;
    return result + (left > 0 ? by : "");
  }
  const pieces = value.split(part);
  if (count < 0 || count >= pieces.length - 1) return pieces.join(by);
  return [...pieces.slice(0, count), [pieces[count], ...pieces.slice(count + 1)].join(part)].join(by);
}

function split(value: string, separator: string, count: number): ListValue {
  if (count === 0) return stringList([]);
  const pieces = separator === "" ? Array.from(value) : value.split(separator);
  if (count < 0 || pieces.length <= count) return stringList(pieces);
  return stringList([...pieces.slice(0, count - 1), pieces.slice(count - 1).join(separator)]);
}

function substring(value: string, start: number, end: number | undefined): Value {
  const characters = Array.from(value);
  const stop = end ?? characters.length;
  if (end !== undefined && start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0 || start > characters.length) return outOfRange(start);
  if (stop < 0 || stop > characters.length) return outOfRange(stop);
  return characters.slice(start, stop).join("");
}

function join(list: Value, separator: string): Value {
  if (!(list instanceof ListValue)) return NO_OVERLOAD;
  const parts: string[] = [];
  for (const element of list) {
    if (typeof element !== "string") return new CelError(`join: invalid input: ${valueText(element)}`);
    parts.push(element);
  }
  return parts.join(separator);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

function quote(value: string): string {
  return `"${Array.from(value.toWellFormed(), (character) => ESCAPES[character] ?? character).join("")}"`;
}

/** What Go's unicode.IsSpace holds. */
const SPACE = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const SPACES = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

export const STRING_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("charAt", [
    memberOverload("string_char_at_int", [STRING, INT], STRING, (value, index) => charAt(text(value), int(index))),
  ]),
  declareFunction("indexOf", [
    memberOverload("string_index_of_string", [STRING, STRING], INT, (value, part) =>
      indexOf(text(value), text(part), 0),
    ),
    memberOverload("string_index_of_string_int", [STRING, STRING, INT], INT, (value, part, offset) =>
      indexOf(text(value), text(part), int(offset)),
    ),
  ]),
  declareFunction("lastIndexOf", [
    memberOverload("string_last_index_of_string", [STRING, STRING], INT, (value, part) =>
      lastIndexOf(text(value), text(part), undefined),
    ),
    memberOverload("string_last_index_of_string_int", [STRING, STRING, INT], INT, (value, part, offset) =>
      lastIndexOf(text(value), text(part), int(offset)),
    ),
  ]),
  declareFunction("lowerAscii", [
    memberOverload("string_lower_ascii", [STRING], STRING, (value) =>
      text(value).replaceAll(/[A-Z]+/g, (part) => part.toLowerCase()),
    ),
  ]),
  declareFunction("replace", [
    memberOverload("string_replace_string_string", [STRING, STRING, STRING], STRING, (value, part, by) =>
      replace(text(value), text(part), text(by), -1),
    ),
    memberOverload(
      "string_replace_string_string_int",
      [STRING, STRING, STRING, INT],
      STRING,
      (value, part, by, count) => replace(text(value), text(part), text(by), int(count)),
    ),
  ]),
  declareFunction("split", [
    memberOverload("string_split_string", [STRING, STRING], STRINGS, (value, separator) =>
      split(text(value), text(separator), -1),
    ),
    memberOverload("string_split_string_int", [STRING, STRING, INT], STRINGS, (value, separator, count) =>
      split(text(value), text(separator), int(count)),
    ),
  ]),
  declareFunction("substring", [
    memberOverload("string_substring_int", [STRING, INT], STRING, (value, start) =>
      substring(text(value), int(start), undefined),
    ),
    memberOverload("string_substring_int_int", [STRING, INT, INT], STRING, (value, start, end) =>
      substring(text(value), int(start), int(end)),
    ),
  ]),
  declareFunction("trim", [
    memberOverload("string_trim", [STRING], STRING, (value) => text(value).replaceAll(SPACES, "")),
  ]),
  declareFunction("upperAscii", [
    memberOverload("string_upper_ascii", [STRING], STRING, (value) =>
      text(value).replaceAll(/[a-z]+/g, (part) => part.toUpperCase()),
    ),
  ]),
  declareFunction("format", [
    memberOverload("string_format", [STRING, listType(DYN)], STRING, (value, args) =>
      args instanceof ListValue ? formatString(text(value), args) : NO_OVERLOAD,
    ),
  ]),
  declareFunction("strings.quote", [overload("strings_quote", [STRING], STRING, (value) => quote(text(value)))]),
  declareFunction("join", [
    memberOverload("list_join", [STRINGS], STRING, (list = null) => join(list, "")),
    memberOverload("list_join_string", [STRINGS, STRING], STRING, (list = null, separator) =>
      join(list, text(separator)),
    ),
  ]),
];

/** Helper of the Kubernetes libraries too: a predicate over one string. */
export function textTest(name: string, id: string, holds: (value: string) => boolean): FunctionDeclaration {
  return declareFunction(name, [
    overload(id, [STRING], BOOL, (value) => (typeof value === "string" ? holds(value) : NO_OVERLOAD)),
  ]);
}
