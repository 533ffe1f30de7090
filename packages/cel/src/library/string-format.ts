/** `"%s of %d".format([...])`, and the checks of constant format strings before anything runs. */
import type { Checked } from "../check/checker.ts";
import { visit, type Expr } from "../syntax/ast.ts";
import { DYN, type Kind } from "../types/type.ts";
import { convert } from "../values/conversion.ts";
import { typeOfValue } from "../values/type-of.ts";
import * as types from "../types/type.ts";
import { CelError, ListValue, MapValue, TypeValue, Uint, type Value } from "../values/value.ts";

const PRECISION = 6;

/** One clause of a format string. */
interface Clause {
  readonly letter: string;
  readonly precision: number;
}

type Formatted = string | FormatError;

class FormatError {
  readonly message: string;
  /** The part of the expression to blame. */
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    this.message = message;
    this.at = at;
  }
}

export function formatString(format: string, args: ListValue): Value {
  const result = interpolate(format, args.size, (index, clause) => {
    if (index >= args.size) return new FormatError(`index ${index} out of range`);
    return clauseText(clause, args.at(index));
  });
  return typeof result === "string" ? result : new CelError(result.message);
}

function interpolate(format: string, count: number, write: (index: number, clause: Clause) => Formatted): Formatted {
  let result = "";
  let index = 0;
  let at = 0;
  while (at < format.length) {
    const character = format[at] ?? "";
    if (character !== "%") {
      result += character;
      at++;
      continue;
    }
    if (format[at + 1] === "%") {
      result += "%";
      at += 2;
      continue;
    }
    if (at + 1 >= format.length) return new FormatError("unexpected end of string");
    if (index >= count) return new FormatError(`index ${index} out of range`);
    const [, precision, letter = ""] = /^%(?:\.(\d*))?([^]?)/.exec(format.slice(at)) ?? [];
    const problem = clauseProblem(precision, letter);
    if (problem !== undefined) return new FormatError(`could not parse formatting clause: ${problem}`);
    const written = write(index, { letter, precision: precision === undefined ? PRECISION : Number(precision) });
    if (written instanceof FormatError)
      return new FormatError(`error during formatting: ${written.message}`, written.at);
    result += written;
    at += 1 + (precision === undefined ? 0 : precision.length + 1) + letter.length;
    index++;
  }
  return result;
}

function clauseProblem(precision: string | undefined, letter: string): string | undefined {
  if (precision !== undefined && letter === "")
    return "error while parsing precision: could not find end of precision specifier";
  if (precision === "") {
    return 'error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax';
  }
  return "sdfebxXo".includes(letter) && letter !== "" ? undefined : `unrecognized formatting clause "${letter}"`;
}

const WRONG: Readonly<Record<string, string>> = {
  s: "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps",
  d: "decimal clause can only be used on integers",
  f: "fixed-point clause can only be used on doubles",
  e: "scientific clause can only be used on doubles",
  b: "only integers and bools can be formatted as binary",
  x: "only integers, byte buffers, and strings can be formatted as hex",
  X: "only integers, byte buffers, and strings can be formatted as hex",
  o: "octal clause can only be used on integers",
};

function wrong(letter: string, type: string, at?: number): FormatError {
  return new FormatError(`${WRONG[letter] ?? ""}, was given ${type}`, at);
}

function clauseText({ letter, precision }: Clause, value: Value): Formatted {
  switch (letter) {
    case "s":
      return plainText(value);
    case "d":
      return whole(value) === undefined ? wrong("d", typeOfValue(value).name) : String(whole(value));
    case "f":
    case "e": {
      const number = special(value);
      if (number === undefined) return wrong(letter, typeOfValue(value).name);
      return letter === "f" ? fixed(number, precision) : scientific(number, precision);
    }
    case "b":
      if (typeof value === "boolean") return value ? "1" : "0";
      return whole(value)?.toString(2) ?? wrong("b", typeOfValue(value).name);
    case "o":
      return whole(value)?.toString(8) ?? wrong("o", typeOfValue(value).name);
    default: {
      const hex = hexText(value);
      if (hex === undefined) return wrong(letter, typeOfValue(value).name);
      return letter === "X" ? hex.toUpperCase() : hex;
    }
  }
}

function whole(value: Value): bigint | undefined {
  return value instanceof Uint ? value.value : typeof value === "bigint" ? value : undefined;
}

/** Doubles, and the three texts that stand for what is no number. */
function special(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (value === "NaN") return Number.NaN;
  return value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : undefined;
}

function notFinite(number: number): string | undefined {
  if (Number.isNaN(number)) return "NaN";
  return Number.isFinite(number) ? undefined : number > 0 ? "∞" : "-∞";
}

/** With the thousands separators of en-US. */
function fixed(number: number, precision: number): string {
  const digits = Math.min(precision, 100);
  return (
    notFinite(number) ??
    number.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  );
}

function scientific(number: number, precision: number): string {
  const text = notFinite(number);
  if (text !== undefined) return text;
  const [digits = "", exponent = "0"] = number.toExponential(Math.min(precision, 100)).split("e");
  const sign = exponent.startsWith("-") ? "⁻" : "";
  const superscript = exponent
    .replace(/^[+-]/, "")
    .padStart(2, "0")
    .replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "");
  return `${digits}×10${sign}${superscript}`;
}

function hexText(value: Value): string | undefined {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (bytes instanceof Uint8Array) return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return whole(value)?.toString(16);
}

function plainText(value: Value): Formatted {
  if (value === null) return "null";
  if (value instanceof ListValue || value instanceof MapValue) return nestedText(value);
  if (value instanceof TypeValue) return value.type.name;
  const text = convert(value, types.STRING);
  return typeof text === "string" ? text : wrong("s", typeOfValue(value).name);
}

/** Inside lists and maps strings are quoted, and times say what they are. */
function nestedText(value: Value): Formatted {
  if (value instanceof ListValue) {
    const parts: string[] = [];
    for (const element of value) {
      const part = nestedText(element);
      if (part instanceof FormatError) return part;
      parts.push(part);
    }
    return `[${parts.join(", ")}]`;
  }
  if (value instanceof MapValue) return mapText(value);
  const type = typeOfValue(value);
  switch (type.kind) {
    case "struct":
    case "opaque":
    case "error":
      return new FormatError(`no formatting function for ${type.name}`);
    case "double":
      return typeof value === "number" ? nestedDouble(value) : "";
    case "string":
      return JSON.stringify(value);
    case "bytes": {
      const text = plainText(value);
      return typeof text === "string" ? `b${JSON.stringify(text)}` : text;
    }
    case "timestamp":
    case "duration": {
      const text = plainText(value);
      return typeof text === "string" ? `${type.kind}("${text}")` : text;
    }
    default:
      return plainText(value);
  }
}

function nestedDouble(value: number): string {
  if (Number.isFinite(value)) return value.toFixed(PRECISION);
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"+Inf"' : '"-Inf"';
}

function mapText(map: MapValue): Formatted {
  const pairs: [string, string][] = [];
  for (const key of map.keys()) {
    const type = typeOfValue(key);
    if (!["string", "bool", "int", "uint"].includes(type.kind)) {
      return new FormatError(`no formatting function for map key of type ${type.name}`);
    }
    const keyText = nestedText(key);
    if (keyText instanceof FormatError) return keyText;
    const value = nestedText(map.find(key) ?? null);
    if (value instanceof FormatError) return value;
    pairs.push([keyText, value]);
  }
  pairs.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${pairs.map(([key, value]) => `${key}:${value}`).join(", ")}}`;
}

const ACCEPTED: Readonly<Record<string, readonly Kind[]>> = {
  d: ["int", "uint"],
  f: ["double", "string"],
  e: ["double", "string"],
  b: ["int", "uint", "bool"],
  x: ["int", "uint", "string", "bytes"],
  X: ["int", "uint", "string", "bytes"],
  o: ["int", "uint"],
};

/** What is wrong with constant format strings and literal lists of arguments. */
export function formatProblems(checked: Checked): readonly { readonly at: number; readonly message: string }[] {
  const problems: { at: number; message: string }[] = [];
  visit(checked.expr, (expr) => {
    if (expr.kind !== "call" || expr.function !== "format" || expr.target?.kind !== "literal") return;
    const [args] = expr.args;
    const { value } = expr.target;
    if (typeof value !== "string" || args?.kind !== "list" || expr.args.length !== 1) return;
    let used = 0;
    const result = interpolate(value, args.elements.length, (index, { letter }) => {
      used++;
      const arg = args.elements[index];
      return arg === undefined ? "" : argumentProblem(checked, letter, arg);
    });
    if (result instanceof FormatError) problems.push({ at: result.at ?? expr.id, message: result.message });
    else if (args.elements.length > used) {
      const message = `too many arguments supplied to string.format (expected ${used}, got ${args.elements.length})`;
      problems.push({ at: expr.id, message });
    }
  });
  return problems;
}

function argumentProblem(checked: Checked, letter: string, arg: Expr): Formatted {
  const type = checked.types.get(arg.id) ?? DYN;
  if (type.kind === "dyn") return "";
  if (letter === "s") return unprintable(checked, arg) ?? "";
  return ACCEPTED[letter]?.includes(type.kind) === true ? "" : wrong(letter, type.name, arg.id);
}

const PRINTABLE: ReadonlySet<Kind> = new Set<Kind>([
  "bool",
  "bytes",
  "double",
  "duration",
  "int",
  "null",
  "string",
  "timestamp",
  "type",
  "uint",
  "dyn",
  "list",
  "map",
]);

function unprintable(checked: Checked, arg: Expr): FormatError | undefined {
  const type = checked.types.get(arg.id) ?? DYN;
  if (!PRINTABLE.has(type.kind)) return wrong("s", type.name, arg.id);
  if (arg.kind === "list") return firstProblem(arg.elements.map((element) => unprintable(checked, element)));
  if (arg.kind !== "map") return undefined;
  return firstProblem(
    arg.entries.flatMap(({ key, value }) => [unprintable(checked, key), unprintable(checked, value)]),
  );
}

function firstProblem(problems: readonly (FormatError | undefined)[]): FormatError | undefined {
  return problems.find((problem) => problem !== undefined);
}
