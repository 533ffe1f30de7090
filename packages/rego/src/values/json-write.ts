import { RegoNumber } from "./number.ts";
import { isArray, isObject } from "./kinds.ts";
import { objectEntries, RegoObject } from "./object.ts";
import { RegoSet } from "./set.ts";
import { compareStrings, wellFormed } from "./utf8.ts";
import { type MutableObject, ownValue, type PlainObject, setOwn, type Value } from "./value.ts";

const needsEscape = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/;
const escapable = /["\\<>&\u0000-\u001f\u2028\u2029]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;
const named: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** A JSON string as Go writes it: `<`, `>`, `&`, U+2028 and U+2029 escaped, stray bytes as \ufffd. */
export function jsonString(text: string): string {
  return needsEscape.test(text) ? `"${text.replace(escapable, escapeCharacter)}"` : `"${text}"`;
}

function escapeCharacter(character: string): string {
  if (character.length === 2) return character;
  const escaped = named.get(character);
  if (escaped !== undefined) return escaped;
  const code = character.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff ? "\\ufffd" : `\\u${code.toString(16).padStart(4, "0")}`;
}

export interface JsonLayout {
  readonly prefix: string;
  readonly indent: string;
}

/** A value as JSON text, as OPA's `json.marshal` writes it: sets as sorted arrays, other keys as their JSON text. */
export function jsonText(value: Value, layout?: JsonLayout): string {
  return write(value, layout, layout === undefined ? "" : `\n${layout.prefix}`);
}

function write(value: Value, layout: JsonLayout | undefined, newline: string): string {
  switch (typeof value) {
    case "string":
      return jsonString(value);
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      if (value === null) return "null";
      if (value instanceof RegoNumber) return value.text.replaceAll("_", "");
      if (isArray(value)) return writeList(value, layout, newline);
      if (value instanceof RegoSet) return writeList(value.sorted(), layout, newline);
      return isObject(value) ? writeObject(jsonEntries(value), layout, newline) : "null";
  }
}

/** The entries of an object by JSON keys, in the order in which Go writes a map. */
function jsonEntries(value: Value): readonly (readonly [string, Value])[] {
  const entries: (readonly [string, Value])[] = [];
  if (!isObject(value)) return entries;
  if (!(value instanceof RegoObject)) {
    for (const [key, item] of objectEntries(value)) if (typeof key === "string") entries.push([key, item]);
    return entries;
  }
  const byKey = new Map<string, Value>();
  for (const [key, item] of value.sortedEntries()) byKey.set(jsonKey(key), item);
  return [...byKey].sort((a, b) => compareStrings(a[0], b[0]));
}

/** The JSON key that stands for a key of any type. */
export function jsonKey(key: Value): string {
  return typeof key === "string" ? key : jsonText(key);
}

function writeList(items: readonly Value[], layout: JsonLayout | undefined, newline: string): string {
  if (items.length === 0) return "[]";
  const inner = layout === undefined ? "" : newline + layout.indent;
  let text = "[";
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i];
    if (item !== undefined) text += (i === 0 ? "" : ",") + inner + write(item, layout, inner);
  }
  return `${text}${newline}]`;
}

function writeObject(
  entries: readonly (readonly [string, Value])[],
  layout: JsonLayout | undefined,
  newline: string,
): string {
  if (entries.length === 0) return "{}";
  const inner = layout === undefined ? "" : newline + layout.indent;
  const colon = layout === undefined ? ":" : ": ";
  let text = "{";
  let first = true;
  for (const [key, item] of entries) {
    text += (first ? "" : ",") + inner + jsonString(key) + colon + write(item, layout, inner);
    first = false;
  }
  return `${text}${newline}}`;
}

/**
 * A value as JSON has it: sets as sorted arrays, every key a string, stray bytes as U+FFFD. Returns the value itself
 * where it is JSON already. Numbers stay as they are.
 */
export function toJson(value: Value): Value {
  if (typeof value === "string") return wellFormed(value);
  if (isArray(value)) return listToJson(value);
  if (value instanceof RegoSet) return listToJson(value.sorted());
  if (!isObject(value)) return value;
  return value instanceof RegoObject ? mixedToJson(value) : plainToJson(value);
}

function listToJson(values: readonly Value[]): readonly Value[] {
  let result: Value[] | undefined;
  for (const [i, item] of values.entries()) {
    const json = toJson(item);
    if (result === undefined && json !== item) result = values.slice(0, i);
    result?.push(json);
  }
  return result ?? values;
}

function mixedToJson(value: RegoObject): PlainObject {
  const result: MutableObject = {};
  for (const [key, item] of value.sortedEntries()) setOwn(result, wellFormed(jsonKey(key)), toJson(item));
  return result;
}

function plainToJson(value: PlainObject): PlainObject {
  let result: MutableObject | undefined;
  const keys = Object.keys(value);
  for (const [i, key] of keys.entries()) {
    const item = ownValue(value, key) ?? null;
    const json = toJson(item);
    const name = wellFormed(key);
    if (result === undefined && (json !== item || name !== key)) result = firstEntries(value, keys.slice(0, i));
    if (result !== undefined) setOwn(result, name, json);
  }
  return result ?? value;
}

function firstEntries(value: PlainObject, keys: readonly string[]): MutableObject {
  const entries: MutableObject = {};
  for (const key of keys) setOwn(entries, key, ownValue(value, key) ?? null);
  return entries;
}
