/**
 * JSON text without losing digits of integers, as the API server reads it (sigs.k8s.io/json): an integer of 64 bits is one, whatever else
 * is a number is a double.
 */
import { type JsonObject, type JsonValue, isJsonObject } from "./json.ts";

/** A number of so many digits may be one that a double would round. It may stand within a string too, which only costs time. */
const LONG_INTEGER = /(?:^|[[:,\s])-?[0-9]{16}/;

/**
 * JSON.parse, but integers of 64 bits that a double does not hold are bigints.
 *
 * @throws SyntaxError as JSON.parse does.
 */
export function parseJson(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text);
  return LONG_INTEGER.test(text) ? readAgain(text) : value;
}

/** The value that an integer's digits have: a bigint only where it must be one, a double beyond 64 bits. */
export function integerValue(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) || BigInt.asIntN(64, integer) !== integer ? number : integer;
}

/**
 * Reads text that JSON.parse has taken: nothing is checked again. The containers that are open are kept in a list and not on the stack,
 * because text may nest as deep as it likes.
 */
function readAgain(text: string): JsonValue {
  const open: (JsonValue[] | JsonObject)[] = [];
  let key: string | undefined;
  let root: JsonValue = null;
  const put = (value: JsonValue): void => {
    const container = open.at(-1);
    if (container === undefined) root = value;
    else if (Array.isArray(container)) container.push(value);
    else if (key !== undefined) {
      Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
      key = undefined;
    }
  };
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    if (character === "{" || character === "[") {
      const container = character === "{" ? {} : [];
      put(container);
      open.push(container);
      at += 1;
    } else if (character === "}" || character === "]") {
      open.pop();
      at += 1;
    } else if (character === '"') {
      const end = endOfString(text, at);
      const string = stringOf(text.slice(at, end));
      if (key === undefined && isJsonObject(open.at(-1))) key = string;
      else put(string);
      at = end;
    } else if (" \t\r\n,:".includes(character)) at += 1;
    else {
      const start = at;
      while (at < text.length && !" \t\r\n,:]}".includes(text.charAt(at))) at += 1;
      put(atomOf(text.slice(start, at)));
    }
  }
  return root;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at + 1;
}

function stringOf(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  const value: unknown = JSON.parse(quoted);
  return String(value);
}

function atomOf(text: string): JsonValue {
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  return text.length > 15 && /^-?[0-9]+$/.test(text) ? integerValue(BigInt(text)) : Number(text);
}

/** JSON.stringify, but bigints are written as the integers that they are. */
export function jsonText(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, undefined, indent) ?? "null";
  } catch (error) {
    // What JSON.stringify has no text for: a bigint.
    if (!(error instanceof TypeError)) throw error;
    return writeText(value, "\n", " ".repeat(indent));
  }
}

function writeText(value: unknown, newline: string, indent: string): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const inner = indent === "" ? "" : newline + indent;
  const outer = indent === "" ? "" : newline;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value)
    ? value.map((item: unknown) => inner + writeText(item, newline + indent, indent))
    : Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
        item === undefined
          ? []
          : [`${inner}${JSON.stringify(key)}:${indent === "" ? "" : " "}${writeText(item, newline + indent, indent)}`],
      );
  return parts.length === 0 ? `${open}${close}` : `${open}${parts.join(",")}${outer}${close}`;
}

/** A value of JavaScript's as the JSON that it is written as: fields that are undefined are left out. */
export function asJson(value: object): JsonValue {
  return parseJson(jsonText(value));
}
