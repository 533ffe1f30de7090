import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { numberText } from "../../values/number.ts";
import { objectEntries } from "../../values/object.ts";
import type { Value } from "../../values/value.ts";
import { compare } from "../../values/order.ts";
import {
  type AnyType,
  type ArrayType,
  type FunctionType,
  type ObjectType,
  type Type,
  itemType,
  unnamed,
} from "./type.ts";

// How OPA writes types in the lines under an error, and how it shortens two long ones to where they differ.

const ELISION = "...";
/** Lines up to this width are left as they are. */
const LINE_WIDTH = 80;
const TYPE_WIDTH = 32;
const DIFF_DEPTH = 8;

export function formatType(type: Type | undefined): string {
  if (type === undefined) return "???";
  switch (type.kind) {
    case "null":
    case "boolean":
    case "number":
    case "string":
      return type.kind;
    case "array":
      return composite(
        "array",
        type.static.map(formatType),
        type.dynamic === undefined ? "" : formatType(type.dynamic),
      );
    case "object": {
      const dynamic =
        type.dynamic === undefined ? "" : `${formatType(type.dynamic.key)}: ${formatType(type.dynamic.value)}`;
      return composite(
        "object",
        type.static.map(({ key, value }) => property(key, formatType(value))),
        dynamic,
      );
    }
    case "set":
      return type.of === undefined ? "set" : `set[${formatType(type.of)}]`;
    case "any":
      return anyText(type.of.map(formatType));
    case "function":
      return functionText(formatArgs(type), formatType(unnamed(type.result)));
    case "named":
      return `${type.name}: ${formatType(type.type)}`;
    case "recursive":
      return `recursive(${type.name})`;
  }
}

/** The arguments of a function without their names. */
function formatArgs({ args, variadic }: FunctionType): string[] {
  const texts = args.map((arg) => formatType(unnamed(arg)));
  return variadic === undefined ? texts : [...texts, `${formatType(unnamed(variadic))}...`];
}

/** `(a, b)` */
export function formatTypes(types: readonly (Type | undefined)[], variadic?: Type): string {
  const texts = types.map(formatType);
  if (variadic !== undefined) texts.push(`${formatType(variadic)}...`);
  return `(${texts.join(", ")})`;
}

/** A key of an object's type as Go prints it. */
export function formatKey(key: Value): string {
  if (typeof key === "string") return key;
  if (key === null) return "<nil>";
  if (isNumber(key)) return numberText(key);
  if (typeof key === "boolean") return String(key);
  if (isArray(key)) return `[${key.map(formatKey).join(" ")}]`;
  if (isPlainObject(key)) {
    return `map[${objectEntries(key)
      .map(([name, value]) => `${formatKey(name)}:${formatKey(value)}`)
      .join(" ")}]`;
  }
  return "";
}

/** Whether lines are too long to be left as they are. */
export function isTooWide(...lines: readonly string[]): boolean {
  return lines.some((line) => Array.from(line).length > LINE_WIDTH);
}

/** Two types with only what tells them apart. */
export function formatDifference(a: Type | undefined, b: Type | undefined, depth = 0): readonly [string, string] {
  if (a?.kind === "named") {
    const [left, right] = formatDifference(a.type, b, depth);
    return [`${a.name}: ${left}`, right];
  }
  if (b?.kind === "named") {
    const [left, right] = formatDifference(a, b.type, depth);
    return [left, `${b.name}: ${right}`];
  }
  if (depth >= DIFF_DEPTH || a === undefined || b === undefined || looksSame(a, b)) return [shortened(a), shortened(b)];
  if (a.kind === "set" && b.kind === "set" && a.of !== undefined && b.of !== undefined) {
    const [left, right] = formatDifference(a.of, b.of, depth + 1);
    return [`set[${left}]`, `set[${right}]`];
  }
  if (a.kind === "array" && b.kind === "array") return arrayDifference(a, b, depth);
  if (a.kind === "object" && b.kind === "object") return objectDifference(a, b, depth);
  if (a.kind === "any" && b.kind === "any") return anyDifference(a, b);
  if (a.kind === "function" && b.kind === "function" && a.args.length === b.args.length) {
    return functionDifference(a, b, depth);
  }
  return [shortened(a), shortened(b)];
}

function looksSame(a: Type | undefined, b: Type | undefined): boolean {
  return formatType(a) === formatType(b);
}

/** The type, or only what kind of type it is where it is long. */
export function shortened(type: Type | undefined): string {
  const full = formatType(type);
  return Array.from(full).length <= TYPE_WIDTH ? full : elided(type, 0);
}

/** The type down to a depth. */
function elided(type: Type | undefined, depth: number): string {
  if (type === undefined || depth < 0) return formatType(type);
  switch (type.kind) {
    case "named":
      return `${type.name}: ${elided(type.type, depth)}`;
    case "set":
      if (type.of === undefined) return "set";
      return `set[${depth === 0 ? ELISION : elided(type.of, depth - 1)}]`;
    case "array": {
      const dynamic = type.dynamic === undefined ? "" : depth === 0 ? ELISION : elided(type.dynamic, depth - 1);
      return composite(
        "array",
        elidedList(type.static, depth, (item) => elided(item, depth - 1)),
        dynamic,
      );
    }
    case "object": {
      const { dynamic } = type;
      const rest =
        dynamic === undefined
          ? ""
          : depth === 0
            ? ELISION
            : `${elided(dynamic.key, depth - 1)}: ${elided(dynamic.value, depth - 1)}`;
      const parts = elidedList(type.static, depth, ({ key, value }) => property(key, elided(value, depth - 1)));
      return composite("object", parts, rest);
    }
    case "any":
      return anyText(elidedList(type.of, depth, (member) => elided(member, depth - 1)));
    case "function": {
      const { args, variadic, result } = type;
      if (depth === 0) {
        const params = args.length > 0 || variadic !== undefined ? [ELISION] : [];
        return functionText(params, result === undefined ? formatType(undefined) : ELISION);
      }
      const params = args.map((arg) => elided(unnamed(arg), depth - 1));
      if (variadic !== undefined) params.push(`${elided(unnamed(variadic), depth - 1)}...`);
      return functionText(params, elided(unnamed(result), depth - 1));
    }
    default:
      return formatType(type);
  }
}

function elidedList<T>(items: readonly T[], depth: number, format: (item: T) => string): string[] {
  return depth === 0 && items.length > 0 ? [ELISION] : items.map(format);
}

function arrayDifference(a: ArrayType, b: ArrayType, depth: number): readonly [string, string] {
  if (a.static.length !== b.static.length || (a.dynamic === undefined) !== (b.dynamic === undefined)) {
    return [elided(a, 1), elided(b, 1)];
  }
  const pairs = a.static.map((item, index) => formatDifference(item, itemType(b, index), depth + 1));
  const [left, right] = a.dynamic === undefined ? ["", ""] : formatDifference(a.dynamic, b.dynamic, depth + 1);
  return [
    composite(
      "array",
      pairs.map(([text]) => text),
      left,
    ),
    composite(
      "array",
      pairs.map(([, text]) => text),
      right,
    ),
  ];
}

function objectDifference(a: ObjectType, b: ObjectType, depth: number): readonly [string, string] {
  const left: string[] = [];
  const right: string[] = [];
  let same = false;
  let x = 0;
  let y = 0;
  while (x < a.static.length || y < b.static.length) {
    const one = a.static[x];
    const other = b.static[y];
    const order = one === undefined ? 1 : other === undefined ? -1 : compare(one.key, other.key);
    if (order <= 0) x += 1;
    if (order >= 0) y += 1;
    if (order < 0 && one !== undefined) left.push(property(one.key, shortened(one.value)));
    else if (order > 0 && other !== undefined) right.push(property(other.key, shortened(other.value)));
    else if (one !== undefined && other !== undefined) {
      if (looksSame(one.value, other.value)) same = true;
      else {
        const [first, second] = formatDifference(one.value, other.value, depth + 1);
        left.push(property(one.key, first));
        right.push(property(other.key, second));
      }
    }
  }
  let dynamic: readonly [string, string];
  if (a.dynamic !== undefined && b.dynamic !== undefined) {
    const keys = formatDifference(a.dynamic.key, b.dynamic.key, depth + 1);
    const values = formatDifference(a.dynamic.value, b.dynamic.value, depth + 1);
    dynamic = [`${keys[0]}: ${values[0]}`, `${keys[1]}: ${values[1]}`];
  } else {
    dynamic = [dynamicText(a), dynamicText(b)];
  }
  return [
    composite("object", withElision(left, same), dynamic[0]),
    composite("object", withElision(right, same), dynamic[1]),
  ];
}

function dynamicText({ dynamic }: ObjectType): string {
  return dynamic === undefined ? "" : `${shortened(dynamic.key)}: ${shortened(dynamic.value)}`;
}

function anyDifference(a: AnyType, b: AnyType): readonly [string, string] {
  const left = a.of.filter((type) => !b.of.some((other) => looksSame(type, other)));
  const right = b.of.filter((type) => !a.of.some((other) => looksSame(type, other)));
  const same = left.length < a.of.length;
  return [anyText(withElision(left.map(shortened), same)), anyText(withElision(right.map(shortened), same))];
}

function functionDifference(a: FunctionType, b: FunctionType, depth: number): readonly [string, string] {
  const pairs = a.args.map((arg, index) => formatDifference(unnamed(arg), unnamed(b.args[index]), depth + 1));
  const left = pairs.map(([text]) => text);
  const right = pairs.map(([, text]) => text);
  if (a.variadic !== undefined && b.variadic !== undefined) {
    const [first, second] = formatDifference(unnamed(a.variadic), unnamed(b.variadic), depth + 1);
    left.push(`${first}...`);
    right.push(`${second}...`);
  } else {
    if (a.variadic !== undefined) left.push(`${shortened(unnamed(a.variadic))}...`);
    if (b.variadic !== undefined) right.push(`${shortened(unnamed(b.variadic))}...`);
  }
  const [first, second] = formatDifference(unnamed(a.result), unnamed(b.result), depth + 1);
  return [functionText(left, first), functionText(right, second)];
}

function withElision(parts: string[], same: boolean): string[] {
  return same ? [...parts, ELISION] : parts;
}

function property(key: Value, value: string): string {
  return `${formatKey(key)}: ${value}`;
}

function composite(name: string, parts: readonly string[], dynamic: string): string {
  const listed = parts.length > 0 ? `<${parts.join(", ")}>` : "";
  return `${name}${listed}${dynamic === "" ? "" : `[${dynamic}]`}`;
}

function anyText(parts: readonly string[]): string {
  return parts.length === 0 ? "any" : `any<${parts.join(", ")}>`;
}

function functionText(args: readonly string[], result: string): string {
  return `(${args.join(", ")}) => ${result}`;
}
