import { type JsonObject, type Path, isJsonObject, objectAt, stringsAt } from "@redoubt/kube";

export interface ParameterProblem {
  readonly path: Path;
  readonly message: string;
}

/** What in a constraint's parameters does not fit its template's schema: names, types and required fields. */
export function parameterProblems(schema: unknown, value: unknown, path: Path): readonly ParameterProblem[] {
  if (!isJsonObject(schema) || schema["x-kubernetes-preserve-unknown-fields"] === true || path.length > 30) return [];
  const type = schema["type"];
  if (typeof type === "string" && value !== undefined && !hasType(value, type))
    return [{ path, message: `must be of type ${type}` }];
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => parameterProblems(schema["items"], item, [...path, index]));
  if (!isJsonObject(value)) return [];
  const properties = objectAt(schema, ["properties"]) ?? {};
  const extra = schema["additionalProperties"];
  const open = Object.keys(properties).length === 0 || extra === true || isJsonObject(extra);
  const unknown = open ? [] : Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  const missing = stringsAt(schema, ["required"]).filter((key) => !Object.hasOwn(value, key));
  return [
    ...unknown.map((key) => ({
      path: [...path, key],
      message: `is not a parameter of the template, which knows ${Object.keys(properties).join(", ")}`,
    })),
    ...missing.map((key) => ({ path: [...path, key], message: "is required" })),
    ...Object.entries(value).flatMap(([key, item]) =>
      parameterProblems(Object.hasOwn(properties, key) ? properties[key] : extra, item, [...path, key]),
    ),
  ];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    case "integer":
      return typeof value === "bigint" || Number.isInteger(value);
    case "number":
      return typeof value === "bigint" || typeof value === "number";
    case "string":
    case "boolean":
      return typeof value === type;
    default:
      return true;
  }
}

/** Schema nodes without a type, which apiextensions v1 refuses as not structural. */
export function untypedNodes(schema: unknown, path: Path): readonly Path[] {
  if (!isJsonObject(schema) || path.length > 40) return [];
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-int-or-string"] === true;
  const own = typeof schema["type"] === "string" || open ? [] : [path];
  const properties: JsonObject = objectAt(schema, ["properties"]) ?? {};
  return [
    ...own,
    ...Object.entries(properties).flatMap(([key, item]) => untypedNodes(item, [...path, "properties", key])),
    ...untypedNodes(schema["items"], [...path, "items"]),
    ...untypedNodes(schema["additionalProperties"], [...path, "additionalProperties"]),
  ];
}
