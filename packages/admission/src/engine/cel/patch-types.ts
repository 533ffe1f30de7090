/** `Object{...}` and `JSONPatch{...}`: what mutating expressions give. */
import {
  CelError,
  DYN,
  Duration,
  ListValue,
  MapValue,
  type MessageType,
  ObjectValue,
  STRING,
  type Type,
  type Value,
  structType,
  Timestamp,
  toNative,
  valueText,
} from "@redoubt/cel";
import type { JsonObject, JsonValue } from "@redoubt/kube";
import { setField } from "../gatekeeper/mutation/apply.ts";

export const OBJECT: Type = structType("Object");
export const JSON_PATCH: Type = structType("JSONPatch");

/** A value of `Object{...}` or of a type below it. */
export class PatchObject extends ObjectValue {
  readonly type: Type;
  readonly typeName: string;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(typeName: string, fields: ReadonlyMap<string, Value>) {
    super();
    this.type = structType(typeName);
    this.typeName = typeName;
    this.fields = fields;
  }

  equals(other: Value): boolean {
    if (!(other instanceof PatchObject) || other.typeName !== this.typeName) return false;
    return JSON.stringify(patchJson(this)) === JSON.stringify(patchJson(other));
  }

  override get isZero(): boolean {
    return this.fields.size === 0;
  }

  override field(name: string): Value | undefined {
    return this.fields.get(name);
  }
}

/** One operation of a JSON Patch, not yet checked. */
export class JsonPatchValue extends ObjectValue {
  readonly type: Type = JSON_PATCH;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(fields: ReadonlyMap<string, Value>) {
    super();
    this.fields = fields;
  }

  equals(other: Value): boolean {
    if (!(other instanceof JsonPatchValue)) return false;
    const [one, two] = [this, other].map(({ fields }) =>
      JSON.stringify(["op", "path", "from", "value"].map((name) => patchJson(fields.get(name) ?? ""))),
    );
    return one === two;
  }

  text(name: "op" | "path" | "from"): string {
    const value = this.fields.get(name);
    return typeof value === "string" ? value : "";
  }

  override field(name: string): Value | undefined {
    return this.fields.get(name) ?? (name === "value" ? undefined : "");
  }
}

const JSON_PATCH_FIELDS: ReadonlyMap<string, Type> = new Map([
  ["op", STRING],
  ["path", STRING],
  ["from", STRING],
  ["value", DYN],
]);

/** The types by their names: `Object`, any name below it, and `JSONPatch`. */
export function patchTypes(name: string): MessageType | undefined {
  if (name === "JSONPatch") {
    return {
      type: JSON_PATCH,
      field: (field) => JSON_PATCH_FIELDS.get(field),
      make: (fields) => new JsonPatchValue(fields),
    };
  }
  if (name !== "Object" && !name.startsWith("Object.")) return undefined;
  return { type: structType(name), field: () => DYN, make: (fields) => new PatchObject(name, fields) };
}

/** Where names of types do not follow the fields that they stand in. */
export function typeNameProblems(value: Value, path: readonly string[]): readonly string[] {
  const problems: string[] = [];
  if (value instanceof PatchObject) {
    const expected = path.join(".");
    if (value.typeName !== expected) {
      problems.push(
        `unexpected type name ${JSON.stringify(value.typeName)}, expected ${JSON.stringify(expected)}, which matches field name path from root Object type`,
      );
    }
    for (const [name, field] of value.fields) problems.push(...typeNameProblems(field, [...path, name]));
  } else if (value instanceof ListValue) {
    for (const item of value) problems.push(...typeNameProblems(item, path));
  } else if (value instanceof MapValue) {
    for (const key of value.keys()) problems.push(...typeNameProblems(value.find(key) ?? null, path));
  }
  return problems;
}

/** A value as JSON; an error where JSON has nothing for it. */
export function patchJson(value: Value): JsonValue | CelError {
  if (value instanceof PatchObject) return objectJson([...value.fields]);
  if (value instanceof MapValue) {
    return objectJson(Array.from(value.keys(), (key) => [valueText(key), value.find(key) ?? null]));
  }
  if (value instanceof ListValue) {
    const items: JsonValue[] = [];
    for (const item of value) {
      const json = patchJson(item);
      if (json instanceof CelError) return json;
      items.push(json);
    }
    return items;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Duration || value instanceof Timestamp) return valueText(value);
  const native = toNative(value);
  switch (typeof native) {
    case "string":
    case "number":
    case "boolean":
      return native;
    case "bigint":
      return String(native);
    default:
      if (native === null) return null;
      return native instanceof CelError
        ? native
        : new CelError(`a value of this type has no JSON: ${valueText(value)}`);
  }
}

function objectJson(entries: readonly (readonly [string, Value])[]): JsonObject | CelError {
  const object: JsonObject = {};
  for (const [key, value] of entries) {
    const json = patchJson(value);
    if (json instanceof CelError) return json;
    setField(object, key, json);
  }
  return object;
}
