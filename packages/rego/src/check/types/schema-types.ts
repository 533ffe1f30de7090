import type { RefTerm, Term } from "../../syntax/ast.ts";
import { BuiltinError } from "../../builtins/errors.ts";
import { compileSchema } from "../../builtins/json-schema/compile.ts";
import type { Schema } from "../../builtins/json-schema/schema.ts";
import { equal } from "../../values/order.ts";
import type { Value } from "../../values/value.ts";
import { union } from "./algebra.ts";
import { constantValue } from "./type-env.ts";
import {
  ANY,
  BOOLEAN,
  type DynamicProperty,
  NUMBER,
  type ObjectType,
  type RecursiveType,
  STRING,
  type Type,
  arrayType,
  objectType,
  unrolled,
} from "./type.ts";

/** A document with the type that a schema gives it. */
export interface DeclaredSchema {
  readonly path: RefTerm;
  readonly type: Type;
}

/** The type that a JSON schema describes, or why it is none. */
export function typeOfSchema(schema: Value): Type | string {
  let compiled: Schema;
  try {
    compiled = compileSchema(schema);
  } catch (error) {
    if (error instanceof BuiltinError) return `unable to compile the schema: ${error.message}`;
    throw error;
  }
  const type = new SchemaReader().read(shapeOf(compiled));
  return typeof type === "string" ? `type checking: ${type}` : type;
}

/** What types are made of in a schema; merging changes it, which the schema itself must not. */
interface Shape {
  readonly types: string[];
  /** Properties in order, which merged schemas can repeat. */
  properties: (readonly [string, Shape])[];
  items: Shape[];
  readonly itemsIsSingle: boolean;
  readonly anyOf: readonly Shape[];
  readonly allOf: readonly Shape[];
  readonly reference: Shape | undefined;
  readonly referenceName: string;
}

/** The shapes of a schema and all in it, each made once. */
function shapeOf(schema: Schema, known: Map<Schema, Shape> = new Map<Schema, Shape>()): Shape {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const anyOf: Shape[] = [];
  const allOf: Shape[] = [];
  const shape: { -readonly [Key in keyof Shape]: Shape[Key] } = {
    types: [...schema.types],
    properties: [],
    items: [],
    itemsIsSingle: schema.itemsIsSingle === true,
    anyOf,
    allOf,
    reference: undefined,
    referenceName: schema.referenceName ?? "",
  };
  known.set(schema, shape);
  shape.properties = [...schema.properties].map(([name, child]) => [name, shapeOf(child, known)]);
  shape.items = schema.items.map((child) => shapeOf(child, known));
  anyOf.push(...schema.anyOf.map((child) => shapeOf(child, known)));
  allOf.push(...schema.allOf.map((child) => shapeOf(child, known)));
  shape.reference = schema.reference && shapeOf(schema.reference, known);
  return shape;
}

interface Definition {
  type: Type | undefined;
  recursive: RecursiveType | undefined;
  reading: boolean;
}

class SchemaReader {
  readonly #definitions = new Map<string, Definition>();

  /** The type of a shape, or why it has none. */
  read(shape: Shape, name = ""): Type | string {
    if (shape.reference !== undefined) return this.#readReference(shape.reference, shape.referenceName);
    if (name === "") return this.#readPlain(shape);
    const definition: Definition = { type: undefined, recursive: undefined, reading: true };
    this.#definitions.set(name, definition);
    const type = this.#readPlain(shape);
    definition.reading = false;
    if (typeof type !== "string") {
      definition.type = type;
      if (definition.recursive !== undefined) definition.recursive.type = type;
    }
    return type;
  }

  #readReference(target: Shape, name: string): Type | string {
    const known = this.#definitions.get(name);
    if (known === undefined) return this.read(target, name);
    if (!known.reading) return known.type ?? ANY;
    known.recursive ??= { kind: "recursive", name, type: undefined };
    return known.recursive;
  }

  #readPlain(shape: Shape): Type | string {
    if (shape.anyOf.length > 0) return this.#readAnyOf(shape);
    if (shape.allOf.length > 0) return this.#readAllOf(shape);
    if (shape.types.length > 0) return this.#readTyped(shape);
    if (shape.properties.length > 0) return this.#readTyped({ ...shape, types: ["object"] });
    if (shape.items.length > 0) return this.#readTyped({ ...shape, types: ["array"] });
    return ANY;
  }

  #readAnyOf(shape: Shape): Type | string {
    let type: Type | undefined;
    if (shape.types.length > 0) {
      const core = this.read({ ...shape, anyOf: [] });
      if (typeof core === "string") return core;
      if (core.kind === "object" && core.dynamic === undefined) type = union(type, core);
    }
    for (const choice of shape.anyOf) {
      const next = this.read(choice);
      if (typeof next === "string") return next;
      type = union(next, type);
    }
    return type ?? ANY;
  }

  #readAllOf(shape: Shape): Type | string {
    const parts = shape.allOf
      .map((part) => {
        let target = part;
        while (target.reference !== undefined) target = target.reference;
        return target;
      })
      .filter(
        ({ types, anyOf, properties, items }) =>
          types.length > 0 || anyOf.length === 0 || properties.length > 0 || items.length > 0,
      );
    const merged = mergedShape(parts);
    if (merged === undefined) return ANY;
    if (typeof merged === "string") return merged;
    if (shape.types.length > 0) {
      const both = (type: string): boolean => shape.types.includes(type) && merged.types.includes(type);
      if (both("object") || both("array")) {
        const whole = mergedShape([merged, { ...shape, allOf: [] }]);
        return whole === undefined || typeof whole === "string" ? (whole ?? ANY) : this.read(whole);
      }
      if (typesText(shape) !== typesText(merged)) return "unable to merge these schemas";
    }
    return this.read(merged);
  }

  #readTyped({ types, properties, items, itemsIsSingle }: Shape): Type | string {
    if (types.includes("boolean")) return BOOLEAN;
    if (types.includes("string")) return STRING;
    if (types.includes("integer") || types.includes("number")) return NUMBER;
    if (types.includes("object")) {
      if (properties.length === 0) return objectType([], { key: ANY, value: ANY });
      const typed: { readonly key: Value; readonly value: Type }[] = [];
      for (const [key, property] of properties) {
        const value = this.read(property);
        if (typeof value === "string") return value;
        typed.push({ key, value });
      }
      return objectType(typed, undefined);
    }
    if (types.includes("array")) {
      if (items.length === 0) return arrayType([], ANY);
      const typed: Type[] = [];
      for (const item of itemsIsSingle ? items.slice(0, 1) : items) {
        const type = this.read(item);
        if (typeof type === "string") return type;
        typed.push(type);
      }
      return itemsIsSingle ? arrayType([], typed[0]) : arrayType(typed, undefined);
    }
    if (properties.length > 0)
      return this.#readTyped({ types: ["object"], properties, items, itemsIsSingle, ...NO_PARTS });
    if (items.length > 0) return this.#readTyped({ types: ["array"], properties, items, itemsIsSingle, ...NO_PARTS });
    return ANY;
  }
}

const NO_PARTS: Pick<Shape, "anyOf" | "allOf" | "reference" | "referenceName"> = {
  anyOf: [],
  allOf: [],
  reference: undefined,
  referenceName: "",
};

/** One shape with what several ask for; why there is none; undefined where there is nothing to merge. */
function mergedShape(shapes: readonly Shape[]): Shape | string | undefined {
  const typed = shapes.map((shape) => ({ ...shape, types: [...shape.types] }));
  for (const { types, properties, items } of typed) {
    const implied = properties.length > 0 ? "object" : items.length > 0 ? "array" : undefined;
    if (implied !== undefined && !types.includes(implied)) types.push(implied);
  }
  const [result, ...others] = typed;
  if (result === undefined) return undefined;
  for (const other of others) {
    if (typesText(result) !== typesText(other)) {
      return `unable to merge these schemas: type mismatch: ${typesText(result)} and ${typesText(other)}`;
    }
    if (result.types.includes("object") && result.properties.length > 0 && other.properties.length > 0) {
      result.properties = [...result.properties, ...other.properties];
    } else if (result.types.includes("array") && result.items.length > 0 && other.items.length > 0) {
      result.items = [...result.items, ...other.items.slice(result.items.length)];
      for (const [index, item] of other.items.entries()) {
        const first = result.items[index];
        if (first !== undefined && typesText(first) !== typesText(item)) return "unable to merge these schemas";
      }
    }
  }
  return result;
}

/** The types of a shape as the errors write them. */
function typesText({ types }: Shape): string {
  const [first, second] = types;
  if (first === undefined) return "Undefined";
  return second === undefined ? first : `[${types.join(",")}]`;
}

/** A type in which the part at a path has another one. */
export function overridden(path: readonly Term[], type: Type, replacement: Type): Type {
  const object = unrolled(type);
  if (object?.kind !== "object") return objectAt(path, replacement, { key: ANY, value: ANY });
  const [first, ...rest] = path;
  const key = first && constantValue(first);
  let found = false;
  const properties = object.static.map((property) => {
    if (key === undefined || !equal(property.key, key)) return property;
    found = true;
    const value = rest.length === 0 ? replacement : overridden(rest, property.value ?? ANY, replacement);
    return { key: property.key, value };
  });
  const added = found ? [] : objectAt(path, replacement, object.dynamic).static;
  return objectType([...properties, ...added], object.dynamic);
}

function objectAt(path: readonly Term[], type: Type, dynamic: DynamicProperty | undefined): ObjectType {
  const [first, ...rest] = path;
  const key = (first && constantValue(first)) ?? null;
  const value = rest.length === 0 ? type : objectAt(rest, type, dynamic);
  return objectType([{ key, value }], dynamic);
}
