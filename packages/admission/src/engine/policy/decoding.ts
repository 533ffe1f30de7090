/** Whether JSON can be read as a kind of Kubernetes' own, as Go's strict decoder of the API server reads it. */
import { type JsonObject, type JsonValue, isJsonObject } from "@redoubt/kube";
import { builtInTypeOf } from "../../model/api-type.ts";
import { kindOf } from "../../model/admission-request.ts";
import type { ApiType, Scalar } from "../../model/api-type.ts";

/** Why an object cannot be read, in the decoder's words; undefined for kinds that are not built in, which it reads whatever they hold. */
export function decodingProblem(object: JsonObject): string | undefined {
  const type = builtInTypeOf(kindOf(object));
  if (type === undefined) return undefined;
  const mismatch = typeMismatch(object, type, "", "");
  if (mismatch !== undefined) return mismatch;
  const unknown = undeclaredFields(object, type, "").map((path) => `unknown field ${JSON.stringify(path)}`);
  return unknown.length === 0 ? undefined : `strict decoding error: ${unknown.join(", ")}`;
}

/** Where a whole number must be and another is: what conversion from untyped objects refuses. */
export function conversionProblem(object: JsonObject): string | undefined {
  const kind = kindOf(object);
  const type = builtInTypeOf(kind);
  const scalar = type === undefined ? undefined : brokenInteger(object, type);
  if (scalar === undefined) return undefined;
  const version = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  return `unable to convert unstructured object to ${version}, Kind=${kind.kind}: cannot convert float64 to ${scalar}`;
}

function brokenInteger(value: JsonValue, type: ApiType): Scalar | undefined {
  if (type.kind === "scalar") {
    const isBroken = (type.scalar === "int32" || type.scalar === "int64") && !Number.isInteger(value);
    return isBroken && typeof value === "number" ? type.scalar : undefined;
  }
  for (const [item, itemType] of parts(value, type)) {
    const found = brokenInteger(item, itemType);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The values below a value that have a type. */
function parts(value: JsonValue, type: ApiType): readonly (readonly [JsonValue, ApiType, string])[] {
  if (type.kind === "list" && Array.isArray(value)) return value.map((item) => [item, type.item, ""]);
  if (!isJsonObject(value)) return [];
  if (type.kind === "map") return Object.values(value).map((item) => [item, type.value, ""]);
  if (type.kind !== "struct") return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const field = type.fields.get(key);
    return field === undefined ? [] : [[item, field, key] as const];
  });
}

const GO_TYPES: Readonly<Record<Scalar, string>> = {
  string: "string",
  bytes: "[]uint8",
  time: "v1.Time",
  duration: "string",
  boolean: "bool",
  int32: "int32",
  int64: "int64",
  number: "float64",
};

/** `struct` is the Go struct around the value, `path` the names of the fields that lead to it. */
function typeMismatch(value: JsonValue, type: ApiType, struct: string, path: string): string | undefined {
  if (value === null) return undefined;
  const expected = goType(type);
  if (expected !== undefined && !fits(value, type)) {
    return `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${struct}.${path} of type ${expected}`;
  }
  const inner = type.kind === "struct" ? type.name : struct;
  for (const [item, itemType, key] of parts(value, type)) {
    const below = key === "" ? path : path === "" ? key : `${path}.${key}`;
    const found = typeMismatch(item, itemType, inner, below);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** undefined for types that read JSON in a way of their own. */
function goType(type: ApiType): string | undefined {
  switch (type.kind) {
    case "scalar":
      return type.scalar === "time" ? undefined : GO_TYPES[type.scalar];
    case "list":
      return `[]${goType(type.item) ?? "interface {}"}`;
    case "map":
      return `map[string]${goType(type.value) ?? "interface {}"}`;
    case "struct":
      return `v1.${type.name}`;
    default:
      return undefined;
  }
}

function fits(value: JsonValue, type: ApiType): boolean {
  switch (type.kind) {
    case "list":
      return Array.isArray(value);
    case "map":
    case "struct":
      return isJsonObject(value);
    case "scalar":
      return fitsScalar(value, type.scalar);
    default:
      return true;
  }
}

function fitsScalar(value: JsonValue, scalar: Scalar): boolean {
  switch (scalar) {
    case "boolean":
      return typeof value === "boolean";
    case "int32":
    case "int64":
      return (typeof value === "bigint" && scalar === "int64") || Number.isInteger(value);
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    default:
      return typeof value === "string";
  }
}

function jsonKind(value: JsonValue): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" && !Number.isInteger(value)) return `number ${value}`;
  return typeof value === "bigint" ? "number" : typeof value;
}

/** Fields that no type declares, as `spec.containers[0].imagee`. */
function undeclaredFields(value: JsonValue, type: ApiType, path: string): readonly string[] {
  if (Array.isArray(value)) {
    if (type.kind !== "list") return [];
    return value.flatMap((item, index) => undeclaredFields(item, type.item, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = path === "" ? key : `${path}.${key}`;
    if (type.kind === "map") return undeclaredFields(item, type.value, at);
    if (type.kind !== "struct") return [];
    const field = type.fields.get(key);
    if (field !== undefined) return undeclaredFields(item, field, at);
    return type.isOpen ? [] : [at];
  });
}
