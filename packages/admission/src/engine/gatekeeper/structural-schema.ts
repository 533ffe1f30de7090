/** Validation and defaults by the schemas of CustomResourceDefinitions (OpenAPI v3 as apiextensions takes it). */
import {
  type JsonObject,
  type JsonValue,
  type Path,
  isJsonObject,
  jsonText,
  listAt,
  numberAt,
  objectAt,
  stringsAt,
  stringAt,
  toFieldPath,
} from "@redoubt/kube";
import { RE2JS, RE2JSException } from "re2js";

export interface SchemaProblem {
  readonly path: Path;
  /** As the API server writes it: `spec.parameters.labels: Invalid value: ...`. */
  readonly message: string;
}

/** Deeper than this nothing is checked: schemas cannot refer to themselves, values could be made to be deep. */
const MAX_DEPTH = 64;

export function schemaProblems(schema: unknown, value: JsonValue | undefined, path: Path): readonly SchemaProblem[] {
  if (!isJsonObject(schema) || value === undefined || path.length > MAX_DEPTH) return [];
  if (value === null && schema["nullable"] === true) return [];
  const type = typeProblem(schema, value, path);
  if (type !== undefined) return [type];
  return [
    ...enumProblems(schema, value, path),
    ...numberProblems(schema, value, path),
    ...textProblems(schema, value, path),
    ...listProblems(schema, value, path),
    ...objectProblems(schema, value, path),
    ...combinationProblems(schema, value, path),
  ];
}

function invalid(path: Path, value: JsonValue, what: string): SchemaProblem {
  const at = toFieldPath(path);
  return { path, message: `${at}: Invalid value: ${jsonText(value)}: ${at} in body ${what}` };
}

function typeName(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "bigint" ? "integer" : typeof value;
}

function typeProblem(schema: JsonObject, value: JsonValue, path: Path): SchemaProblem | undefined {
  const actual = typeName(value);
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (actual === "integer" || actual === "string") return undefined;
    return invalid(path, value, `must be of type integer,string: "${actual}"`);
  }
  const wanted = stringAt(schema, ["type"]);
  if (wanted === undefined || wanted === actual || (wanted === "number" && actual === "integer")) return undefined;
  const at = toFieldPath(path);
  return { path, message: `${at}: Invalid value: "${actual}": ${at} in body must be of type ${wanted}: "${actual}"` };
}

function enumProblems(schema: JsonObject, value: JsonValue, path: Path): readonly SchemaProblem[] {
  const allowed = listAt(schema, ["enum"]);
  if (allowed.length === 0 || allowed.some((item) => jsonText(item) === jsonText(value))) return [];
  const list = allowed.map((item) => jsonText(item)).join(", ");
  return [{ path, message: `${toFieldPath(path)}: Unsupported value: ${jsonText(value)}: supported values: ${list}` }];
}

function numberProblems(schema: JsonObject, value: JsonValue, path: Path): readonly SchemaProblem[] {
  if (typeof value !== "number" && typeof value !== "bigint") return [];
  const problems: SchemaProblem[] = [];
  const minimum = boundAt(schema, "minimum");
  const maximum = boundAt(schema, "maximum");
  const multiple = numberAt(schema, ["multipleOf"]);
  const isBelow = minimum !== undefined && (schema["exclusiveMinimum"] === true ? value <= minimum : value < minimum);
  const isAbove = maximum !== undefined && (schema["exclusiveMaximum"] === true ? value >= maximum : value > maximum);
  if (isBelow) problems.push(invalid(path, value, `should be greater than or equal to ${minimum}`));
  if (isAbove) problems.push(invalid(path, value, `should be less than or equal to ${maximum}`));
  if (multiple !== undefined && Number(value) % multiple !== 0)
    problems.push(invalid(path, value, `should be a multiple of ${multiple}`));
  return problems;
}

/** A bound of 64 bits may be one that no double holds. */
function boundAt(schema: JsonObject, field: string): number | bigint | undefined {
  const bound = Object.hasOwn(schema, field) ? schema[field] : undefined;
  return typeof bound === "number" || typeof bound === "bigint" ? bound : undefined;
}

function textProblems(schema: JsonObject, value: JsonValue, path: Path): readonly SchemaProblem[] {
  if (typeof value !== "string") return [];
  const problems: SchemaProblem[] = [];
  const length = Array.from(value).length;
  const least = numberAt(schema, ["minLength"]);
  const most = numberAt(schema, ["maxLength"]);
  if (least !== undefined && length < least)
    problems.push(invalid(path, value, `should be at least ${least} chars long`));
  if (most !== undefined && length > most) problems.push(invalid(path, value, `should be at most ${most} chars long`));
  const pattern = stringAt(schema, ["pattern"]);
  if (pattern !== undefined && !matchesPattern(pattern, value)) {
    problems.push(invalid(path, value, `should match '${pattern}'`));
  }
  return problems;
}

/** Patterns that are no RE2 hold nothing back: the CustomResourceDefinition would have been refused. */
function matchesPattern(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(text).find();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return true;
  }
}

function listProblems(schema: JsonObject, value: JsonValue, path: Path): readonly SchemaProblem[] {
  if (!Array.isArray(value)) return [];
  const problems: SchemaProblem[] = [];
  const least = numberAt(schema, ["minItems"]);
  const most = numberAt(schema, ["maxItems"]);
  if (least !== undefined && value.length < least)
    problems.push(invalid(path, value, `should have at least ${least} items`));
  if (most !== undefined && value.length > most)
    problems.push(invalid(path, value, `should have at most ${most} items`));
  const isSet = schema["uniqueItems"] === true || schema["x-kubernetes-list-type"] === "set";
  if (isSet && new Set(value.map((item) => jsonText(item))).size < value.length) {
    problems.push(invalid(path, value, "shouldn't contain duplicates"));
  }
  return [...problems, ...value.flatMap((item, index) => schemaProblems(schema["items"], item, [...path, index]))];
}

function objectProblems(schema: JsonObject, value: JsonValue, path: Path): readonly SchemaProblem[] {
  if (!isJsonObject(value)) return [];
  const problems: SchemaProblem[] = [];
  const keys = Object.keys(value);
  const least = numberAt(schema, ["minProperties"]);
  const most = numberAt(schema, ["maxProperties"]);
  if (least !== undefined && keys.length < least)
    problems.push(invalid(path, value, `should have at least ${least} properties`));
  if (most !== undefined && keys.length > most)
    problems.push(invalid(path, value, `should have at most ${most} properties`));
  for (const key of stringsAt(schema, ["required"])) {
    if (!Object.hasOwn(value, key)) problems.push({ path, message: `${toFieldPath([...path, key])}: Required value` });
  }
  const properties = objectAt(schema, ["properties"]) ?? {};
  for (const [key, item] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : schema["additionalProperties"];
    problems.push(...schemaProblems(own, item, [...path, key]));
  }
  return problems;
}

function combinationProblems(schema: JsonObject, value: JsonValue, path: Path): readonly SchemaProblem[] {
  const problems = listAt(schema, ["allOf"]).flatMap((part) => schemaProblems(part, value, path));
  const fits = (part: unknown): boolean => schemaProblems(part, value, path).length === 0;
  const any = listAt(schema, ["anyOf"]);
  if (any.length > 0 && !any.some(fits))
    problems.push(invalid(path, value, "must validate at least one schema (anyOf)"));
  const one = listAt(schema, ["oneOf"]);
  if (one.length > 0 && one.filter(fits).length !== 1) {
    problems.push(invalid(path, value, "must validate one and only one schema (oneOf)"));
  }
  if (isJsonObject(schema["not"]) && fits(schema["not"])) {
    problems.push(invalid(path, value, "must not validate the schema (not)"));
  }
  return problems;
}

/** A value with the defaults of its schema put in where fields are missing, or null and may not be. */
export function withDefaults(schema: unknown, value: JsonValue, depth = 0): JsonValue {
  if (!isJsonObject(schema) || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => withDefaults(schema["items"], item, depth + 1));
  if (!isJsonObject(value)) return value;
  const properties = objectAt(schema, ["properties"]) ?? {};
  const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => [
    key,
    withDefaults(Object.hasOwn(properties, key) ? properties[key] : schema["additionalProperties"], item, depth + 1),
  ]);
  for (const [key, property] of Object.entries(properties)) {
    if (!isJsonObject(property) || property["default"] === undefined) continue;
    const isGiven = Object.hasOwn(value, key) && (value[key] !== null || property["nullable"] === true);
    if (isGiven) continue;
    entries.push([key, withDefaults(property, property["default"], depth + 1)]);
  }
  return Object.fromEntries(entries);
}
