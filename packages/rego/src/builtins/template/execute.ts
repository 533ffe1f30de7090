import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { numberText } from "../../values/number.ts";
import { sortedKeys } from "../../values/object.ts";
import { byteLength, compareStrings, toUtf8 } from "../../values/utf8.ts";
import { ownValue, type PlainObject, type Value } from "../../values/value.ts";
import { BuiltinError } from "../errors.ts";
import { type FormatOperand, goFormat } from "../go-format.ts";
import { escapeQuery } from "../url.ts";
import type { Command, Operand, Pipeline, Template, TemplateNode } from "./parse.ts";

/**
 * A value in a template: JSON, or what a template's own constants are. Numbers of the data are texts to Go (they are
 * json.Number), which is why a constant number is no equal of theirs. Undefined is a key that a map has not.
 */
type Datum = Value | Constant | undefined;

/** A number written in the template, or counted by it. */
class Constant {
  readonly number: number;
  readonly isInteger: boolean;

  constructor(number: number) {
    this.number = number;
    this.isInteger = Number.isInteger(number);
  }

  get text(): string {
    return this.isInteger ? String(this.number) : goFormat("%v", [{ type: "float64", value: this.number }]);
  }
}

/** Ends the body of a range early. */
class LoopSignal extends Error {
  readonly kind: "break" | "continue";

  constructor(kind: "break" | "continue") {
    super(kind);
    this.kind = kind;
  }
}

export function executeTemplate(template: Template, data: PlainObject, charge: (cost: number) => void): string {
  const execution = new Execution(template, charge);
  execution.run(template.nodes, data, data);
  return execution.output;
}

const maxDepth = 1000;

class Execution {
  output = "";
  readonly #template: Template;
  readonly #charge: (cost: number) => void;
  #variables: { name: string; value: Datum }[] = [];
  #depth = 0;

  constructor(template: Template, charge: (cost: number) => void) {
    this.#template = template;
    this.#charge = charge;
  }

  run(nodes: readonly TemplateNode[], dot: Datum, root: Datum): void {
    const outer = this.#variables;
    this.#variables = [{ name: "$", value: root }];
    this.#depth += 1;
    if (this.#depth > maxDepth) throw failure("exceeded maximum template depth (1000)");
    this.#nodes(nodes, dot);
    this.#depth -= 1;
    this.#variables = outer;
  }

  #nodes(nodes: readonly TemplateNode[], dot: Datum): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #write(text: string): void {
    this.#charge(1 + text.length / 16);
    this.output += text;
  }

  #node(node: TemplateNode, dot: Datum): void {
    switch (node.kind) {
      case "text":
        this.#write(node.text);
        break;
      case "action": {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) this.#write(printed(value));
        break;
      }
      case "if":
      case "with":
        this.#condition(node, dot);
        break;
      case "range":
        this.#range(node, dot);
        break;
      case "template": {
        const nodes = this.#template.defined.get(node.name);
        if (nodes === undefined) throw failure(`template ${JSON.stringify(node.name)} not defined`);
        const argument = node.pipeline === undefined ? undefined : this.#pipeline(node.pipeline, dot);
        this.run(nodes, argument, argument);
        break;
      }
      case "break":
      case "continue":
        throw new LoopSignal(node.kind);
    }
  }

  #condition(node: TemplateNode & { kind: "if" | "with" | "range" }, dot: Datum): void {
    const scope = this.#variables.length;
    const value = this.#pipeline(node.pipeline, dot);
    if (isTrue(value)) this.#nodes(node.body, node.kind === "with" ? value : dot);
    else this.#nodes(node.otherwise, dot);
    this.#variables.length = scope;
  }

  #range(node: TemplateNode & { kind: "if" | "with" | "range" }, dot: Datum): void {
    const scope = this.#variables.length;
    const { variables, declares, commands } = node.pipeline;
    const collection = this.#pipeline({ variables: [], declares: false, commands }, dot);
    const entries = rangeEntries(collection);
    for (const [key, value] of entries) {
      this.#charge(1);
      const [first, second] = variables;
      if (first !== undefined) this.#assign(first, second === undefined ? value : key, declares);
      if (second !== undefined) this.#assign(second, value, declares);
      try {
        this.#nodes(node.body, value);
      } catch (error) {
        if (!(error instanceof LoopSignal)) throw error;
        if (error.kind === "break") break;
      } finally {
        this.#variables.length = scope;
      }
    }
    if (entries.length === 0) this.#nodes(node.otherwise, dot);
    this.#variables.length = scope;
  }

  #assign(name: string, value: Datum, declares: boolean): void {
    const known = declares ? undefined : this.#variables.findLast((variable) => variable.name === name);
    if (known === undefined) this.#variables.push({ name, value });
    else known.value = value;
  }

  #pipeline(pipeline: Pipeline, dot: Datum): Datum {
    let value: Datum;
    let hasPrevious = false;
    for (const command of pipeline.commands) {
      value = this.#command(command, dot, hasPrevious ? [value] : []);
      hasPrevious = true;
    }
    for (const name of pipeline.variables) this.#assign(name, value, pipeline.declares);
    return value;
  }

  #command(command: Command, dot: Datum, previous: readonly Datum[]): Datum {
    const [head, ...rest] = command.operands;
    if (head === undefined) throw failure("missing value for command");
    if (head.kind === "function") return this.#call(head.name, rest, dot, previous);
    if (head.kind === "nil") throw failure("nil is not a command");
    if (rest.length > 0 || previous.length > 0) {
      throw failure(`can't give argument to non-function ${operandText(head)}`);
    }
    return this.#operand(head, dot);
  }

  #operand(operand: Operand, dot: Datum): Datum {
    switch (operand.kind) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "constant":
        return typeof operand.value === "number" ? new Constant(operand.value) : operand.value;
      case "field":
        return fieldsOf(dot, operand.names);
      case "variable": {
        const variable = this.#variables.findLast(({ name }) => name === operand.name);
        return fieldsOf(variable?.value, operand.names);
      }
      case "function":
        return this.#call(operand.name, [], dot, []);
      case "pipeline":
        return fieldsOf(this.#pipeline(operand.pipeline, dot), operand.names);
    }
  }

  #call(name: string, operands: readonly Operand[], dot: Datum, previous: readonly Datum[]): Datum {
    // These two look no further than they need.
    if (name === "and" || name === "or") {
      let value: Datum;
      const wanted = name === "or";
      for (const operand of operands) {
        value = this.#operand(operand, dot);
        if (isTrue(value) === wanted) return value;
      }
      return previous.length > 0 ? previous[0] : value;
    }
    const values = [...operands.map((operand) => this.#operand(operand, dot)), ...previous];
    try {
      return callFunction(name, values);
    } catch (error) {
      if (error instanceof BuiltinError && !error.message.startsWith("template:")) {
        throw failure(`error calling ${name}: ${error.message}`);
      }
      throw error;
    }
  }
}

function failure(message: string): BuiltinError {
  return new BuiltinError(`template: template: ${message}`);
}

function operandText(operand: Operand): string {
  return operand.kind === "field" ? `.${operand.names.join(".")}` : operand.kind;
}

function fieldsOf(value: Datum, names: readonly string[]): Datum {
  let current = value;
  for (const [i, name] of names.entries()) {
    // What a missing key leads to has all fields, and none is there.
    if (current === undefined) return undefined;
    if (current === null) {
      if (i === 0) throw failure(`nil data; no entry for key ${JSON.stringify(name)}`);
      throw failure(`nil pointer evaluating interface {}.${name}`);
    }
    if (current instanceof Constant || !isPlainObject(current)) {
      throw failure(`can't evaluate field ${name} in type ${goType(current)}`);
    }
    current = ownValue(current, name);
  }
  return current;
}

function goType(value: Datum): string {
  if (value instanceof Constant) return value.isInteger ? "int" : "float64";
  if (value === undefined || value === null) return "interface {}";
  if (isNumber(value)) return "json.Number";
  if (isArray(value)) return "[]interface {}";
  if (isPlainObject(value)) return "map[string]interface {}";
  return typeof value === "boolean" ? "bool" : "string";
}

function isTrue(value: Datum): boolean {
  if (value instanceof Constant) return value.number !== 0;
  if (value === undefined || value === null || value === false || value === "") return false;
  if (isArray(value)) return value.length > 0;
  return !isPlainObject(value) || Object.keys(value).length > 0;
}

/** What Go prints for a value. */
function printed(value: Datum): string {
  if (value === undefined || value === null) return "<no value>";
  return plainText(value);
}

/** What the escaping functions are given of a value. */
function shownValue(value: Datum): Datum {
  return value === undefined || value === null ? "<no value>" : value;
}

function plainText(value: Datum): string {
  if (value instanceof Constant) return value.text;
  if (value === undefined || value === null) return "<nil>";
  if (isNumber(value)) return numberText(value);
  if (isArray(value)) return `[${value.map(plainText).join(" ")}]`;
  if (isPlainObject(value)) {
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${plainText(ownValue(value, key))}`)
      .join(" ")}]`;
  }
  return typeof value === "string" ? value : String(value === true);
}

function rangeEntries(collection: Datum): readonly (readonly [Datum, Datum])[] {
  if (collection instanceof Constant) {
    if (!collection.isInteger) throw failure(`range can't iterate over ${collection.text}`);
    return Array.from({ length: Math.max(0, collection.number) }, (_, i) => [new Constant(i), new Constant(i)]);
  }
  if (collection === undefined || collection === null) return [];
  if (isArray(collection)) return collection.map((item, i) => [new Constant(i), item]);
  if (isPlainObject(collection)) return sortedKeys(collection).map((key) => [key, ownValue(collection, key)]);
  throw failure(`range can't iterate over ${plainText(collection)}`);
}

function formatOperand(value: Datum): FormatOperand {
  if (value instanceof Constant) {
    return value.isInteger ? { type: "int64", value: BigInt(value.number) } : { type: "float64", value: value.number };
  }
  return { type: "string", value: plainText(value) };
}

/** Space goes between operands when neither is a string. */
function printJoined(values: readonly Datum[]): string {
  let text = "";
  for (const [i, value] of values.entries()) {
    const before = values[i - 1];
    if (i > 0 && typeof value !== "string" && typeof before !== "string") text += " ";
    text += plainText(value);
  }
  return text;
}

function callFunction(name: string, values: readonly Datum[]): Datum {
  const [first, second] = values;
  switch (name) {
    case "not":
      return !isTrue(first);
    case "len":
      return new Constant(lengthOf(first));
    case "index":
      return values.slice(1).reduce<Datum>(indexed, first);
    case "slice":
      return sliced(first, values.slice(1).map(integerOf));
    case "print":
      return printJoined(values);
    case "println":
      return `${values.map(plainText).join(" ")}\n`;
    case "printf":
      if (typeof first !== "string") throw new BuiltinError("wrong type for value; expected string");
      return goFormat(first, values.slice(1).map(formatOperand));
    case "html":
      return escapeHtml(printJoined(values.map(shownValue)));
    case "js":
      return escapeScript(printJoined(values.map(shownValue)));
    case "urlquery":
      return escapeQuery(printJoined(values.map(shownValue)));
    case "eq":
      if (values.length < 2) throw new BuiltinError("missing argument for comparison");
      return values.slice(1).some((value) => isEqual(first, value));
    case "ne":
      return !isEqual(first, second);
    case "lt":
      return compareData(first, second) < 0;
    case "le":
      return compareData(first, second) <= 0;
    case "gt":
      return compareData(first, second) > 0;
    case "ge":
      return compareData(first, second) >= 0;
    default:
      throw new BuiltinError("call of nil");
  }
}

function lengthOf(value: Datum): number {
  if (typeof value === "string") return byteLength(value);
  if (value !== undefined && !(value instanceof Constant)) {
    if (isNumber(value)) return numberText(value).length;
    if (isArray(value)) return value.length;
    if (isPlainObject(value)) return Object.keys(value).length;
  }
  if (value === undefined || value === null) throw new BuiltinError("len of nil pointer");
  throw new BuiltinError(`len of type ${goType(value)}`);
}

function integerOf(value: Datum): number {
  if (value instanceof Constant && value.isInteger) return value.number;
  throw new BuiltinError(`cannot index slice/array with type ${goType(value)}`);
}

function indexed(collection: Datum, key: Datum): Datum {
  if (collection === undefined || collection === null) throw new BuiltinError("index of untyped nil");
  if (!(collection instanceof Constant)) {
    const text = isNumber(collection) ? numberText(collection) : collection;
    if (typeof text === "string") {
      // Go indexes the bytes of a string, and OPA's numbers are strings to it.
      const bytes = toUtf8(text);
      const index = integerOf(key);
      if (index < 0 || index >= bytes.length) throw new BuiltinError(`index out of range: ${index}`);
      return bytes[index];
    }
    if (isPlainObject(collection)) {
      if (typeof key !== "string") throw new BuiltinError(`value has type ${goType(key)}; should be string`);
      return ownValue(collection, key);
    }
    if (isArray(collection)) {
      const index = integerOf(key);
      if (index < 0 || index >= collection.length) throw new BuiltinError(`index out of range: ${index}`);
      return collection[index];
    }
  }
  throw new BuiltinError(`can't index item of type ${goType(collection)}`);
}

function sliced(value: Datum, bounds: readonly number[]): Datum {
  const [from = 0, to] = bounds;
  if (typeof value !== "string" && (value === undefined || value instanceof Constant || !isArray(value))) {
    throw new BuiltinError(`can't slice item of type ${goType(value)}`);
  }
  const end = to ?? value.length;
  for (const bound of [from, end]) {
    if (bound < 0 || bound > value.length) throw new BuiltinError(`index out of range: ${bound}`);
  }
  if (from > end) throw new BuiltinError(`invalid slice index: ${from} > ${end}`);
  return value.slice(from, end);
}

/** Kinds that comparisons tell apart: data numbers are strings. */
function basicKind(value: Datum): "bool" | "int" | "float" | "string" | "nil" | "other" {
  if (value instanceof Constant) return value.isInteger ? "int" : "float";
  if (value === undefined || value === null) return "nil";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" || isNumber(value) ? "string" : "other";
}

function isEqual(a: Datum, b: Datum): boolean {
  const [kind, other] = [basicKind(a), basicKind(b)];
  if (kind === "nil" || other === "nil") return kind === other;
  if (kind !== other) throw new BuiltinError("incompatible types for comparison");
  if (kind === "other") throw new BuiltinError(`non-comparable type ${goType(a)}`);
  return plainText(a) === plainText(b);
}

function compareData(a: Datum, b: Datum): number {
  const kind = basicKind(a);
  if (kind !== basicKind(b)) throw new BuiltinError("incompatible types for comparison");
  if (a instanceof Constant && b instanceof Constant) return a.number - b.number;
  if (kind !== "string") throw new BuiltinError("invalid type for comparison");
  return compareStrings(plainText(a), plainText(b));
}

const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ["\0", "\ufffd"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\0"'&<>]/g, (character) => htmlEscapes.get(character) ?? character);
}

const scriptEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["'", "\\'"],
  ['"', '\\"'],
  ["<", "\\u003C"],
  [">", "\\u003E"],
  ["&", "\\u0026"],
  ["=", "\\u003D"],
]);

function escapeScript(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\\'"<>&=\u0000-\u001f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return scriptEscapes.get(character) ?? `\\u${code}`;
  });
}
