/** What ApplyConfiguration does with a patch: merged by the schema of the object's kind (structured-merge-diff). */
import { type JsonObject, type JsonValue, isJsonObject, jsonText } from "@redoubt/kube";
import type { ApiType, ListKey, Scalar } from "../../model/api-type.ts";
import { setField } from "../gatekeeper/mutation/apply.ts";

/** Mappings that are merged, lists and below that are replaced: what a field is whose schema says nothing of it. */
const UNTYPED: ApiType = { kind: "any" };

/** Where a patch does not fit the schema, as `.spec.replicas: expected numeric (int or float), got string`. */
export function schemaErrors(value: JsonValue, type: ApiType): readonly string[] {
  return value === null ? [] : fieldErrors(value, type);
}

/** All errors as one text. */
export function joinErrors(errors: readonly string[]): string {
  const [only] = errors;
  return errors.length === 1 && only !== undefined
    ? only
    : ["errors:", ...errors.map((text) => `  ${text}`)].join("\n");
}

function below(element: string, errors: readonly string[]): readonly string[] {
  return errors.map((text) =>
    text.startsWith(".") || text.startsWith("[") ? `${element}${text}` : `${element}: ${text}`,
  );
}

function fieldErrors(value: JsonValue, type: ApiType): readonly string[] {
  if (value === null) return [];
  switch (type.kind) {
    case "scalar":
      return scalarErrors(value, type.scalar);
    case "quantity":
    case "intOrString":
      return typeof value === "object" ? [`expected any scalar, got ${goText(value)}`] : [];
    case "raw":
    case "any":
      return [];
    case "list":
      return Array.isArray(value) ? itemErrors(value, type) : [`expected list, got ${goText(value)}`];
    case "map":
      if (!isJsonObject(value)) return [`expected map, got ${goText(value)}`];
      return Object.entries(value).flatMap(([key, item]) => below(`.${key}`, fieldErrors(item, type.value)));
    case "struct":
      if (!isJsonObject(value)) return [`expected map, got ${goText(value)}`];
      return structErrors(value, type);
  }
}

/** Nothing more is said of a mapping after its first field that is not declared. */
function structErrors(value: JsonObject, type: Extract<ApiType, { kind: "struct" }>): readonly string[] {
  const errors: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const field = type.fields.get(key);
    if (field !== undefined) errors.push(...below(`.${key}`, fieldErrors(item, field)));
    else if (!type.isOpen) return [...errors, `.${key}: field not declared in schema`];
  }
  return errors;
}

function itemErrors(list: readonly JsonValue[], type: Extract<ApiType, { kind: "list" }>): readonly string[] {
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const element = elementOf(item, index, type.relation);
    if ("problem" in element) return [...errors, `element ${index}: ${element.problem}`];
    if (type.relation !== "atomic" && seen.has(element.text)) errors.push(`duplicate entries for key ${element.text}`);
    seen.add(element.text);
    errors.push(...below(element.text, fieldErrors(item, type.item)));
  }
  return errors;
}

function scalarErrors(value: JsonValue, scalar: Scalar): readonly string[] {
  switch (scalar) {
    case "int32":
    case "int64":
    case "number":
      return typeof value === "number" || typeof value === "bigint"
        ? []
        : [`expected numeric (int or float), got ${goType(value)}`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`expected boolean, got ${goText(value)}`];
    case "string":
    case "bytes":
      return typeof value === "string" ? [] : [`expected string, got ${goSyntax(value)}`];
    case "time":
    case "duration":
      return typeof value === "object" ? [`expected any scalar, got ${goText(value)}`] : [];
  }
}

function goType(value: JsonValue): string {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

/** Go's `%v` of the merge's own values. */
function goText(value: JsonValue): string {
  return `&{${goPlain(value)}}`;
}

function goPlain(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goPlain).join(" ")}]`;
  if (isJsonObject(value))
    return `map[${sortedEntries(value)
      .map(([key, item]) => `${key}:${goPlain(item)}`)
      .join(" ")}]`;
  return String(value);
}

/** Go writes mappings in the order of their keys. */
function sortedEntries(value: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Go's `%#v` of the merge's own values. */
function goSyntax(value: JsonValue): string {
  return `&value.valueUnstructured{Value:${goLiteral(value)}}`;
}

function goLiteral(value: JsonValue): string {
  if (value === null) return "interface {}(nil)";
  if (Array.isArray(value)) return `[]interface {}{${value.map(goLiteral).join(", ")}}`;
  if (!isJsonObject(value)) return jsonText(value);
  const entries = sortedEntries(value).map(([key, item]) => `${JSON.stringify(key)}:${goLiteral(item)}`);
  return `map[string]interface {}{${entries.join(", ")}}`;
}

type Element = { readonly text: string } | { readonly problem: string };

/** What an item of a list is known by. */
function elementOf(item: JsonValue, index: number, relation: "atomic" | "set" | readonly ListKey[]): Element {
  if (relation === "atomic") return { text: `[${index}]` };
  if (relation === "set") return setElement(item);
  if (item === null) return { problem: "associative list with keys may not have a null element" };
  if (!isJsonObject(item)) return { problem: "associative list with keys may not have non-map elements" };
  const parts: string[] = [];
  for (const { name, value } of relation) {
    const own = (Object.hasOwn(item, name) ? item[name] : undefined) ?? value;
    if (own !== undefined) parts.push(`${name}=${jsonText(own)}`);
  }
  if (parts.length > 0) return { text: `[${parts.sort().join(",")}]` };
  const names = relation.map(({ name }) => JSON.stringify(name)).join(" ");
  return {
    problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

function setElement(item: JsonValue): Element {
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  if (Array.isArray(item)) return { problem: "not supported: associative list with lists as elements" };
  if (isJsonObject(item)) return { problem: "associative list without keys has an element that's a map type" };
  return { text: `[=${jsonText(item)}]` };
}

/** What of a patch lies in things that can only be replaced as one, which the API server refuses. */
export function atomicPaths(patch: JsonValue, type: ApiType, path = ""): readonly string[] {
  const found: string[] = [];
  if (isJsonObject(patch)) {
    if ((type.kind === "struct" || type.kind === "map") && type.isAtomic) found.push(path);
    if (type.kind !== "struct") return found;
    for (const [key, value] of Object.entries(patch)) {
      const field = type.fields.get(key);
      if (field !== undefined) found.push(...atomicPaths(value, field, `${path}.${key}`));
    }
  } else if (Array.isArray(patch)) {
    if ((type.kind === "list" && type.relation === "atomic") || type.kind === "any" || type.kind === "raw") {
      found.push(path);
    }
    if (type.kind !== "list") return found;
    for (const [index, item] of patch.entries()) found.push(...atomicPaths(item, type.item, `${path}[${index}]`));
  }
  return found;
}

/** The live value with a patch merged into it; both fit the type. */
export function mergeApplied(live: JsonValue | undefined, patch: JsonValue, type: ApiType): JsonValue {
  if (isJsonObject(patch)) return mergeMaps(isJsonObject(live) ? live : {}, patch, type);
  if (!Array.isArray(patch)) return isKept(live, patch, type) ? (live ?? null) : patch;
  if (type.kind !== "list" || type.relation === "atomic" || patch.length === 0) {
    return type.kind === "list" && type.relation !== "atomic" && Array.isArray(live) ? live : patch;
  }
  return mergeLists(Array.isArray(live) ? live : [], patch, type);
}

/** A null takes away no mapping and no list of which the parts are merged. */
function isKept(live: JsonValue | undefined, patch: JsonValue, type: ApiType): boolean {
  if (patch !== null || live === undefined || live === null) return false;
  if (Array.isArray(live)) return type.kind === "list" && type.relation !== "atomic" && live.length > 0;
  if (!isJsonObject(live) || Object.keys(live).length === 0) return false;
  return !isAtomic(type);
}

function isAtomic(type: ApiType): boolean {
  return type.kind === "raw" || ((type.kind === "struct" || type.kind === "map") && type.isAtomic);
}

function mergeMaps(live: JsonObject, patch: JsonObject, type: ApiType): JsonValue {
  if (isAtomic(type)) return patch;
  const merged: JsonObject = { ...live };
  for (const [key, value] of Object.entries(patch)) {
    const own = Object.hasOwn(live, key) ? live[key] : undefined;
    setField(merged, key, mergeApplied(own, value, typeBelow(type, key)));
  }
  return merged;
}

function typeBelow(type: ApiType, key: string): ApiType {
  if (type.kind === "map") return type.value;
  return (type.kind === "struct" ? type.fields.get(key) : undefined) ?? UNTYPED;
}

/** Items of both, those of the patch in its order, the others where they were. */
function mergeLists(
  live: readonly JsonValue[],
  patch: readonly JsonValue[],
  { item: itemType, relation }: Extract<ApiType, { kind: "list" }>,
): JsonValue[] {
  const identify = (item: JsonValue, index: number): string => {
    const element = elementOf(item, index, relation);
    return "text" in element ? element.text : "";
  };
  const left = live.map(identify);
  const right = patch.map(identify);
  const inLeft = new Map(left.map((id, index) => [id, live[index]]));
  const inRight = new Set(right);
  const shared = right.filter((id) => inLeft.has(id));
  const done = new Set<string>();
  const merged: JsonValue[] = [];
  let wanted = shared.shift();
  const takeRight = (index: number): void => {
    const id = right[index] ?? "";
    done.add(id);
    merged.push(mergeApplied(inLeft.get(id), patch[index] ?? null, itemType));
    if (wanted === id) wanted = shared.shift();
  };
  let at = 0;
  let index = 0;
  while (at < left.length || index < right.length) {
    const id = left[at];
    if (id !== undefined && index < right.length) {
      if (id === right[index]) {
        takeRight(index);
        at++;
        index++;
        continue;
      }
      if (inRight.has(id) && wanted !== undefined && wanted !== id) {
        at++;
        continue;
      }
    }
    if (id !== undefined && !inRight.has(id)) {
      merged.push(live[at] ?? null);
      at++;
      continue;
    }
    if (id !== undefined && done.has(id)) at++;
    if (index < right.length) takeRight(index++);
  }
  return merged;
}
