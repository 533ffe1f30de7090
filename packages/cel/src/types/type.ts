/**
 * The types that CEL expressions are checked against: the CEL specification's, with opaque and object types for what a library adds.
 */
export type Kind =
  | "dyn"
  | "any"
  | "error"
  | "null"
  | "bool"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  | "duration"
  | "timestamp"
  | "list"
  | "map"
  | "struct"
  | "opaque"
  | "type"
  | "param";

export interface Type {
  readonly kind: Kind;
  /** The name that values of the type carry at run time, or of a type parameter. */
  readonly name: string;
  readonly params: readonly Type[];
}

function simple(kind: Kind, name: string): Type {
  return { kind, name, params: [] };
}

export const DYN: Type = simple("dyn", "dyn");
export const ANY: Type = simple("any", "google.protobuf.Any");
export const ERROR: Type = simple("error", "error");
export const NULL: Type = simple("null", "null_type");
export const BOOL: Type = simple("bool", "bool");
export const INT: Type = simple("int", "int");
export const UINT: Type = simple("uint", "uint");
export const DOUBLE: Type = simple("double", "double");
export const STRING: Type = simple("string", "string");
export const BYTES: Type = simple("bytes", "bytes");
export const DURATION: Type = simple("duration", "google.protobuf.Duration");
export const TIMESTAMP: Type = simple("timestamp", "google.protobuf.Timestamp");
export const TYPE: Type = simple("type", "type");

export function listType(element: Type): Type {
  return { kind: "list", name: "list", params: [element] };
}

export function mapType(key: Type, value: Type): Type {
  return { kind: "map", name: "map", params: [key, value] };
}

export function structType(name: string): Type {
  return { kind: "struct", name, params: [] };
}

export function opaqueType(name: string, ...params: readonly Type[]): Type {
  return { kind: "opaque", name, params };
}

export function optionalType(value: Type): Type {
  return opaqueType("optional_type", value);
}

export function typeOf(type: Type): Type {
  return { kind: "type", name: "type", params: [type] };
}

export function paramType(name: string): Type {
  return { kind: "param", name, params: [] };
}

/** The type at `index`; `dyn` where the type has fewer parameters. */
export function paramOf(type: Type, index: number): Type {
  return type.params[index] ?? DYN;
}

export function isExactType(left: Type, right: Type): boolean {
  return sameType(left, right, true);
}

/** As isExactType, but any type parameter is as good as another. */
export function isEquivalentType(left: Type, right: Type): boolean {
  return sameType(left, right, false);
}

function sameType(left: Type, right: Type, exact: boolean): boolean {
  if (left === right) return true;
  if (left.kind !== right.kind || left.params.length !== right.params.length) return false;
  if ((exact || left.kind !== "param") && left.name !== right.name) return false;
  return left.params.every((param, index) => sameType(param, paramOf(right, index), exact));
}

export function isOptionalType(type: Type): boolean {
  return type.kind === "opaque" && type.name === "optional_type";
}

const SHORT_NAMES: Partial<Record<Kind, string>> = {
  any: "any",
  duration: "duration",
  error: "!error!",
  null: "null",
  timestamp: "timestamp",
};

/** A type as the checker's errors write it: `list(int)`, `timestamp`. */
export function formatType(type: Type): string {
  const short = SHORT_NAMES[type.kind];
  if (short !== undefined) return short;
  if (type.kind === "opaque" && type.name === "function") {
    const [result = DYN, ...operands] = type.params;
    return `${formatSignature(operands, false)} -> ${formatType(result)}`;
  }
  if (type.kind === "param" || type.params.length === 0) return type.name;
  return `${type.name}(${type.params.map(formatType).join(", ")})`;
}

/** `(int, string)`, or `string.(int)` for a call on a target. */
export function formatSignature(operands: readonly Type[], isMember: boolean): string {
  const names = operands.map(formatType);
  if (!isMember) return `(${names.join(", ")})`;
  return `${names[0] ?? ""}.(${names.slice(1).join(", ")})`;
}

/** A type as errors about an expression's result write it: its run-time names, `<T>` for a type parameter. */
export function typeText(type: Type): string {
  if (type.kind === "param") return `<${type.name}>`;
  if (type.params.length === 0) return type.name;
  return `${type.name}(${type.params.map(typeText).join(", ")})`;
}
