import { quote } from "../../../values/term-text.ts";
import { type Definition, named, type Type, typeText, type Value } from "../ast.ts";
import { suggestion } from "../suggestions.ts";
import type { Report, Rule } from "../walk.ts";

/*
 * https://spec.graphql.org/October2021/#sec-Validation.Values
 */

export const uniqueInputFieldNames: Rule = (report) => ({
  value(_walk, { kind, children }) {
    if (kind !== "object") return;
    const seen = new Set<string>();
    for (const { name, position } of children) {
      if (seen.has(name)) report(`There can be only one input field named "${name}".`, position);
      seen.add(name);
    }
  },
});

const builtInScalars: ReadonlySet<string> = new Set(["Int", "Float", "String", "Boolean", "ID"]);

/** The scalars that a literal of a kind may stand for. */
const acceptedBy: Readonly<Record<"int" | "float" | "string" | "block" | "boolean", readonly string[]>> = {
  int: ["Int", "Float", "ID"],
  float: ["Float"],
  string: ["String", "ID"],
  block: ["String", "ID"],
  boolean: ["Boolean"],
};

export const valuesOfCorrectType: Rule = (report) => ({
  value(_walk, value) {
    const { kind, definition, expectedType, position } = value;
    if (definition === undefined || expectedType === undefined) return;
    if (kind === "null" && expectedType.nonNull) {
      report(`Expected value of type "${typeText(expectedType)}", found ${valueText(value)}.`, position);
    }
    // What a scalar of one's own holds is not known.
    if (definition.kind === "SCALAR" && !builtInScalars.has(definition.name)) return;
    if (isUnreadable(value)) report(mismatch(value, definition, expectedType), position);
    switch (kind) {
      case "null":
      case "variable":
        return;
      case "list":
        if (expectedType.element === undefined) report(mismatch(value, definition, expectedType), position);
        return;
      case "enum":
        checkEnum(value, definition, expectedType, report);
        return;
      case "object":
        checkObject(value, definition, report);
        return;
      case "string":
      case "block":
        if (definition.kind === "ENUM") {
          const hint = enumHint(value.raw, definition);
          const cannot = `Enum "${typeText(expectedType)}" cannot represent non-enum value: ${valueText(value)}.`;
          report(cannot + hint, position);
          return;
        }
        break;
      case "int":
      case "float":
      case "boolean":
        break;
    }
    if (!acceptedBy[kind].includes(definition.name)) report(mismatch(value, definition, expectedType), position);
  },
});

const integer = /^-?[0-9]+$/;

/** Whether a number, or one inside of a list or an object, is beyond what Go's 64 bits hold. */
function isUnreadable({ kind, raw, children }: Value): boolean {
  if (kind === "int") return !integer.test(raw) || BigInt(raw) !== BigInt.asIntN(64, BigInt(raw));
  if (kind === "float") return !Number.isFinite(Number(raw));
  return children.some((child) => isUnreadable(child.value));
}

function enumHint(typed: string, { kind, enumValues }: Definition): string {
  const names = kind === "ENUM" ? enumValues.map(({ name }) => name) : [];
  return suggestion("Did you mean the enum value", typed, names);
}

function checkEnum(value: Value, definition: Definition, expected: Type, report: Report): void {
  if (definition.kind !== "ENUM") {
    report(mismatch(value, definition, expected), value.position);
  } else if (named(definition.enumValues, value.raw) === undefined) {
    const missing = `Value "${value.raw}" does not exist in "${typeText(expected)}" enum.`;
    report(missing + enumHint(value.raw, definition), value.position);
  }
}

function checkObject({ children, position }: Value, definition: Definition, report: Report): void {
  for (const field of definition.fields) {
    if (!field.type.nonNull || field.defaultValue !== undefined || named(children, field.name) !== undefined) continue;
    const required = `Field "${definition.name}.${field.name}" of required type "${typeText(field.type)}"`;
    report(`${required} was not provided.`, position);
  }
  for (const { name } of definition.directives) {
    if (name !== "oneOf") continue;
    const [only, ...others] = children;
    if (only === undefined || others.length > 0) {
      report(`OneOf Input Object "${definition.name}" must specify exactly one key.`, position);
    } else if (only.value.kind === "null") {
      const field = definition.fields[0]?.name ?? "";
      report(`Field "${definition.name}.${field}" must be non-null.`, only.value.position);
    }
  }
  const names = definition.fields.map(({ name }) => name);
  for (const child of children) {
    if (names.includes(child.name)) continue;
    const hint = suggestion("Did you mean", child.name, names);
    report(`Field "${child.name}" is not defined by type "${definition.name}".${hint}`, child.position);
  }
}

/** Why a value is not of a type. */
function mismatch(value: Value, definition: Definition, expected: Type): string {
  const text = valueText(value);
  switch (typeText(expected)) {
    case "Int":
    case "Int!":
      return isBeyond32Bits(value.raw)
        ? `Int cannot represent non 32-bit signed integer value: ${text}`
        : `Int cannot represent non-integer value: ${text}`;
    case "String":
    case "String!":
    case "[String]":
      return `String cannot represent a non string value: ${text}`;
    case "Boolean":
    case "Boolean!":
      return `Boolean cannot represent a non boolean value: ${text}`;
    case "Float":
    case "Float!":
      return `Float cannot represent non numeric value: ${text}`;
    case "ID":
    case "ID!":
      return `ID cannot represent a non-string and non-integer value: ${text}`;
    default:
      return definition.kind === "ENUM"
        ? `Enum "${typeText(expected)}" cannot represent non-enum value: ${text}.`
        : `Expected value of type "${typeText(expected)}", found ${text}.`;
  }
}

function isBeyond32Bits(raw: string): boolean {
  return integer.test(raw) && BigInt(raw) !== BigInt.asIntN(32, BigInt(raw));
}

/** A value as messages show it. */
function valueText({ kind, raw, children }: Value): string {
  switch (kind) {
    case "variable":
      return `$${raw}`;
    case "string":
    case "block":
      return quote(raw);
    case "list":
      return `[${children.map(({ value }) => valueText(value)).join(",")}]`;
    case "object":
      return `{${children.map(({ name, value }) => `${name}:${valueText(value)}`).join(",")}}`;
    case "int":
    case "float":
    case "boolean":
    case "null":
    case "enum":
      return raw;
  }
}
