import { compare } from "../../values/order.ts";
import type { Value } from "../../values/value.ts";

/** What is known of the values that a term can have. An unknown type is undefined. */
export type Type = ScalarType | ArrayType | ObjectType | SetType | AnyType | FunctionType | NamedType | RecursiveType;

export interface ScalarType {
  readonly kind: "null" | "boolean" | "number" | "string";
}

export interface ArrayType {
  readonly kind: "array";
  /** The types of the first items. */
  readonly static: readonly (Type | undefined)[];
  /** That of all further items. */
  readonly dynamic: Type | undefined;
}

export interface StaticProperty {
  readonly key: Value;
  readonly value: Type | undefined;
}

export interface DynamicProperty {
  readonly key: Type | undefined;
  readonly value: Type | undefined;
}

export interface ObjectType {
  readonly kind: "object";
  /** Sorted by key. */
  readonly static: readonly StaticProperty[];
  readonly dynamic: DynamicProperty | undefined;
}

export interface SetType {
  readonly kind: "set";
  /** Undefined for the empty set. */
  readonly of: Type | undefined;
}

/** One of several types, or any at all where there are none. */
export interface AnyType {
  readonly kind: "any";
  /** Sorted. */
  readonly of: readonly Type[];
}

export interface FunctionType {
  readonly kind: "function";
  readonly args: readonly (Type | undefined)[];
  readonly variadic: Type | undefined;
  readonly result: Type | undefined;
}

/** The type of an operand that has a name. Stands only in builtins' declarations. */
export interface NamedType {
  readonly kind: "named";
  readonly name: string;
  readonly type: Type;
}

/** A type that contains itself, by the reference in its schema. */
export interface RecursiveType {
  readonly kind: "recursive";
  readonly name: string;
  type: Type | undefined;
}

export const NULL: ScalarType = { kind: "null" };
export const BOOLEAN: ScalarType = { kind: "boolean" };
export const NUMBER: ScalarType = { kind: "number" };
export const STRING: ScalarType = { kind: "string" };
export const ANY: AnyType = { kind: "any", of: [] };

export function arrayType(items: readonly (Type | undefined)[], dynamic: Type | undefined): ArrayType {
  return { kind: "array", static: items, dynamic };
}

export function objectType(properties: readonly StaticProperty[], dynamic: DynamicProperty | undefined): ObjectType {
  const sorted = properties.length < 2 ? properties : [...properties].sort((a, b) => compare(a.key, b.key));
  return { kind: "object", static: sorted, dynamic };
}

export function setType(of: Type | undefined): SetType {
  return { kind: "set", of };
}

export function functionType(args: readonly (Type | undefined)[], result: Type | undefined): FunctionType {
  return { kind: "function", args, variadic: undefined, result };
}

/** The type without the name of its operand. */
export function unnamed(type: Type | undefined): Type | undefined {
  return type?.kind === "named" ? type.type : type;
}

/** The type that a recursive one stands for. */
export function unrolled(type: Type | undefined): Type | undefined {
  return type?.kind === "recursive" ? type.type : type;
}

/** The type without a name and unrolled. */
export function plainType(type: Type | undefined): Type | undefined {
  return unrolled(unnamed(type));
}

/** The type of the item at an index. */
export function itemType({ static: items, dynamic }: ArrayType, index: number): Type | undefined {
  return index < items.length ? items[index] : dynamic;
}

/** Whether anything is unknown in a type. */
export function hasUnknown(type: Type | undefined, seen: Set<Type> = new Set<Type>()): boolean {
  const plain = plainType(type);
  if (plain === undefined) return true;
  switch (plain.kind) {
    case "function":
      return plain.args.some((arg) => hasUnknown(arg, seen)) || hasUnknown(plain.result, seen);
    case "array":
      if (seen.has(plain)) return false;
      seen.add(plain);
      return (
        plain.static.some((item) => hasUnknown(item, seen)) ||
        (plain.dynamic !== undefined && hasUnknown(plain.dynamic, seen))
      );
    case "object":
      if (seen.has(plain)) return false;
      seen.add(plain);
      if (plain.static.some(({ value }) => hasUnknown(value, seen))) return true;
      return (
        plain.dynamic !== undefined && (hasUnknown(plain.dynamic.key, seen) || hasUnknown(plain.dynamic.value, seen))
      );
    case "set":
      return hasUnknown(plain.of, seen);
    default:
      return false;
  }
}

/** Whether a type is that of a collection without members. */
export function isEmptyCollection(type: Type | undefined): boolean {
  const plain = plainType(type);
  switch (plain?.kind) {
    case "object":
    case "array":
      return plain.static.length === 0 && plain.dynamic === undefined;
    case "set":
      return plain.of === undefined;
    default:
      return false;
  }
}
