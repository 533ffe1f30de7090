import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { compareDecimals, type Decimal, decimalOf, integerOf } from "../../values/number.ts";
import { sortedKeys } from "../../values/object.ts";
import { characterCount } from "../../values/utf8.ts";
import { type NumericValue, ownValue, type PlainObject, type Value } from "../../values/value.ts";
import { canonicalJson } from "./canonical.ts";
import { hasFormat } from "./formats.ts";
import type { Schema, SchemaType } from "./schema.ts";

/** What is wrong with a document, and where: `field` is a path of names between dots. */
export interface SchemaViolation {
  readonly type: string;
  readonly field: string;
  readonly description: string;
}

/**
 * The violations of a schema. Where alternatives all fail, those of the nearest one are told too: the one with the best
 * score, to which each test adds one and each violation takes away two.
 */
export function validate(schema: Schema, document: Value, charge: (cost: number) => void): readonly SchemaViolation[] {
  const result = new Result(charge);
  validateNode(schema, document, result, "(Root)");
  return result.violations;
}

class Result {
  readonly violations: SchemaViolation[] = [];
  readonly charge: (cost: number) => void;
  score = 0;

  constructor(charge: (cost: number) => void) {
    this.charge = charge;
  }

  get isValid(): boolean {
    return this.violations.length === 0;
  }

  add(type: string, context: string, description: string): void {
    this.violations.push({ type, field: fieldOf(context), description });
    this.score -= 2;
  }

  merge(other: Result): void {
    this.violations.push(...other.violations);
    this.score += other.score;
  }

  sub(schema: Schema, node: Value, context: string): Result {
    const result = new Result(this.charge);
    validateNode(schema, node, result, context);
    return result;
  }
}

function fieldOf(context: string): string {
  return context.startsWith("(Root).") ? context.slice("(Root).".length) : context;
}

function typeOf(node: Value): SchemaType {
  if (isNumber(node)) return integerOf(node) === undefined ? "number" : "integer";
  if (isArray(node)) return "array";
  if (node === null) return "null";
  if (typeof node === "string") return "string";
  return typeof node === "boolean" ? "boolean" : "object";
}

function validateNode(schema: Schema, node: Value, result: Result, context: string): void {
  result.charge(1);
  if (schema.always !== undefined) {
    if (!schema.always) result.add("false", context, "False always fails validation");
    return;
  }
  if (schema.reference !== undefined) {
    validateNode(schema.reference, node, result, context);
    return;
  }
  const given = typeOf(node);
  const { types } = schema;
  if (types.length > 0 && !types.includes(given) && !(given === "integer" && types.includes("number"))) {
    const expected = types.length > 1 ? `[${types.join(",")}]` : types.join("");
    result.add("invalid_type", context, `Invalid type. Expected: ${expected}, given: ${given}`);
    return;
  }
  validateCombinations(schema, node, result, context);
  if (isNumber(node)) validateNumber(schema, node, result, context);
  if (isArray(node)) validateArray(schema, node, result, context);
  if (isPlainObject(node)) validateObject(schema, node, result, context);
  validateCommon(schema, node, result, context);
  if (typeof node === "string") validateString(schema, node, result, context);
  if (isPlainObject(node)) {
    for (const [name, property] of schema.properties) {
      const value = ownValue(node, name);
      if (value !== undefined) validateNode(property, value, result, `${context}.${name}`);
    }
  }
  result.score += 1;
}

/** Keeps the best of results; the first of equals. */
function better(best: Result | undefined, result: Result): Result {
  return best === undefined || result.score > best.score ? result : best;
}

function validateCombinations(schema: Schema, node: Value, result: Result, context: string): void {
  if (schema.anyOf.length > 0) validateAnyOf(schema.anyOf, node, result, context);
  if (schema.oneOf.length > 0) validateOneOf(schema.oneOf, node, result, context);
  if (schema.allOf.length > 0) {
    let valid = 0;
    for (const sub of schema.allOf) {
      const found = result.sub(sub, node, context);
      if (found.isValid) valid += 1;
      result.merge(found);
    }
    if (valid !== schema.allOf.length) result.add("number_all_of", context, "Must validate all the schemas (allOf)");
  }
  if (schema.not !== undefined && result.sub(schema.not, node, context).isValid) {
    result.add("number_not", context, "Must not validate the schema (not)");
  }
  if (isPlainObject(node)) validateDependencies(schema, node, result, context);
  if (schema.if !== undefined) validateCondition(schema.if, schema, node, result, context);
  result.score += 1;
}

function validateAnyOf(schemas: readonly Schema[], node: Value, result: Result, context: string): void {
  let best: Result | undefined;
  for (const sub of schemas) {
    const found = result.sub(sub, node, context);
    if (found.isValid) return;
    best = better(best, found);
  }
  result.add("number_any_of", context, "Must validate at least one schema (anyOf)");
  if (best !== undefined) result.merge(best);
}

function validateOneOf(schemas: readonly Schema[], node: Value, result: Result, context: string): void {
  let valid = 0;
  let best: Result | undefined;
  for (const sub of schemas) {
    const found = result.sub(sub, node, context);
    if (found.isValid) valid += 1;
    else if (valid === 0) best = better(best, found);
  }
  if (valid === 1) return;
  result.add("number_one_of", context, "Must validate one and only one schema (oneOf)");
  if (valid === 0 && best !== undefined) result.merge(best);
}

function validateDependencies(schema: Schema, node: PlainObject, result: Result, context: string): void {
  for (const [name, dependency] of schema.dependencies) {
    if (ownValue(node, name) === undefined) continue;
    if (!("types" in dependency)) {
      for (const needed of dependency) {
        if (ownValue(node, needed) === undefined) {
          result.add("missing_dependency", context, `Has a dependency on ${needed}`);
        }
      }
    } else {
      validateNode(dependency, node, result, context);
    }
  }
}

function validateCondition(condition: Schema, schema: Schema, node: Value, result: Result, context: string): void {
  const holds = result.sub(condition, node, context).isValid;
  const branch = holds ? schema.then : schema.else;
  if (branch === undefined) return;
  const found = result.sub(branch, node, context);
  if (found.isValid) return;
  if (holds) result.add("condition_then", context, 'Must validate "then" as "if" was valid');
  else result.add("condition_else", context, 'Must validate "else" as "if" was not valid');
  result.merge(found);
}

function validateCommon(schema: Schema, node: Value, result: Result, context: string): void {
  if (schema.const !== undefined || schema.enum !== undefined) {
    const text = canonicalJson(node);
    if (schema.const !== undefined && text !== schema.const) {
      result.add("const", context, `${fieldOf(context)} does not match: ${schema.const}`);
    }
    if (schema.enum !== undefined && !schema.enum.includes(text)) {
      const allowed = schema.enum.join(", ");
      result.add("enum", context, `${fieldOf(context)} must be one of the following: ${allowed}`);
    }
  }
  if (schema.format !== undefined && typeof node === "string" && !hasFormat(schema.format, node)) {
    result.add("format", context, `Does not match format '${schema.format}'`);
  }
  result.score += 1;
}

function validateArray(schema: Schema, items: readonly Value[], result: Result, context: string): void {
  for (const [i, item] of items.entries()) {
    const sub = schema.itemsIsSingle === true ? schema.items[0] : schema.items[i];
    if (sub !== undefined) result.merge(result.sub(sub, item, `${context}.${i}`));
  }
  if (schema.itemsIsSingle !== true && schema.items.length > 0 && schema.items.length < items.length) {
    validateAdditionalItems(schema, items, result, context);
  }
  if (schema.minItems !== undefined && items.length < schema.minItems) {
    result.add("array_min_items", context, `Array must have at least ${schema.minItems} items`);
  }
  if (schema.maxItems !== undefined && items.length > schema.maxItems) {
    result.add("array_max_items", context, `Array must have at most ${schema.maxItems} items`);
  }
  if (schema.uniqueItems === true) validateUnique(items, result, context);
  if (schema.contains !== undefined) validateContains(schema.contains, items, result, context);
  result.score += 1;
}

function validateAdditionalItems(schema: Schema, items: readonly Value[], result: Result, context: string): void {
  const additional = schema.additionalItems;
  if (additional === false) {
    result.add("array_no_additional_items", context, "No additional items allowed on array");
  } else if (additional !== undefined && additional !== true) {
    for (const [i, item] of items.entries()) {
      if (i >= schema.items.length) result.merge(result.sub(additional, item, `${context}.${i}`));
    }
  }
}

function validateUnique(items: readonly Value[], result: Result, context: string): void {
  const seen = new Map<string, number>();
  for (const [j, item] of items.entries()) {
    const text = canonicalJson(item);
    const i = seen.get(text);
    if (i !== undefined) result.add("unique", context, `array items[${i},${j}] must be unique`);
    seen.set(text, j);
  }
}

function validateContains(schema: Schema, items: readonly Value[], result: Result, context: string): void {
  let best: Result | undefined;
  for (const [i, item] of items.entries()) {
    const found = result.sub(schema, item, `${context}.${i}`);
    if (found.isValid) return;
    best = better(best, found);
  }
  result.add("contains", context, "At least one of the items must match");
  if (best !== undefined) result.merge(best);
}

function validateObject(schema: Schema, object: PlainObject, result: Result, context: string): void {
  const names = sortedKeys(object);
  if (schema.minProperties !== undefined && names.length < schema.minProperties) {
    result.add("array_min_properties", context, `Must have at least ${schema.minProperties} properties`);
  }
  if (schema.maxProperties !== undefined && names.length > schema.maxProperties) {
    result.add("array_max_properties", context, `Must have at most ${schema.maxProperties} properties`);
  }
  for (const name of schema.required) {
    if (ownValue(object, name) === undefined) result.add("required", context, `${name} is required`);
    else result.score += 1;
  }
  for (const name of names) validateProperty(schema, name, ownValue(object, name) ?? null, result, context);
  if (schema.propertyNames !== undefined) {
    for (const name of names) {
      const found = result.sub(schema.propertyNames, name, context);
      if (found.isValid) continue;
      result.add("invalid_property_name", context, `Property name of "${name}" does not match`);
      result.merge(found);
    }
  }
  result.score += 1;
}

/** A property by its patterns, or by `additionalProperties` if nothing else tells of it. */
function validateProperty(schema: Schema, name: string, value: Value, result: Result, context: string): void {
  let matched = false;
  for (const { regex, schema: sub } of schema.patternProperties) {
    if (!regex.test(name)) continue;
    matched = true;
    result.merge(result.sub(sub, value, `${context}.${name}`));
  }
  if (matched) result.score += 1;
  if (matched || schema.properties.has(name)) return;
  const additional = schema.additionalProperties;
  if (additional === false) {
    result.add("additional_property_not_allowed", context, `Additional property ${name} is not allowed`);
  } else if (additional !== undefined && additional !== true) {
    result.merge(result.sub(additional, value, `${context}.${name}`));
  }
}

function validateString(schema: Schema, text: string, result: Result, context: string): void {
  if (schema.minLength !== undefined && characterCount(text) < schema.minLength) {
    result.add("string_gte", context, `String length must be greater than or equal to ${schema.minLength}`);
  }
  if (schema.maxLength !== undefined && characterCount(text) > schema.maxLength) {
    result.add("string_lte", context, `String length must be less than or equal to ${schema.maxLength}`);
  }
  if (schema.pattern !== undefined && !schema.pattern.regex.test(text)) {
    result.add("pattern", context, `Does not match pattern '${schema.pattern.source}'`);
  }
  result.score += 1;
}

function validateNumber(schema: Schema, number: NumericValue, result: Result, context: string): void {
  const value = decimalOf(number);
  if (schema.multipleOf !== undefined && !isMultiple(value, schema.multipleOf.value)) {
    result.add("multiple_of", context, `Must be a multiple of ${schema.multipleOf.text}`);
  }
  if (schema.maximum !== undefined && compareDecimals(value, schema.maximum.value) > 0) {
    result.add("number_lte", context, `Must be less than or equal to ${schema.maximum.text}`);
  }
  if (schema.exclusiveMaximum !== undefined && compareDecimals(value, schema.exclusiveMaximum.value) >= 0) {
    result.add("number_lt", context, `Must be less than ${schema.exclusiveMaximum.text}`);
  }
  if (schema.minimum !== undefined && compareDecimals(value, schema.minimum.value) < 0) {
    result.add("number_gte", context, `Must be greater than or equal to ${schema.minimum.text}`);
  }
  if (schema.exclusiveMinimum !== undefined && compareDecimals(value, schema.exclusiveMinimum.value) <= 0) {
    result.add("number_gt", context, `Must be greater than ${schema.exclusiveMinimum.text}`);
  }
  result.score += 1;
}

function isMultiple(value: Decimal, divisor: Decimal): boolean {
  const low = Math.min(value.exponent, divisor.exponent);
  const scaled = value.digits * 10n ** BigInt(value.exponent - low);
  return scaled % (divisor.digits * 10n ** BigInt(divisor.exponent - low)) === 0n;
}
