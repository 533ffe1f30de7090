/** JSON Patch (RFC 6902): applying one, and the one that leads from a value to another. */
import { isDeepStrictEqual } from "node:util";
import { type JsonObject, type JsonValue, type Path, isJsonObject, toJsonPointer } from "@redoubt/kube";

export type PatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: JsonValue }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly path: string; readonly from: string };

/** A patch that leads from `before` to `after`. */
export function diff(before: JsonValue, after: JsonValue): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  compare(before, after, [], operations);
  return operations;
}

function compare(before: JsonValue, after: JsonValue, path: Path, operations: PatchOperation[]): void {
  if (isDeepStrictEqual(before, after)) return;
  if (isJsonObject(before) && isJsonObject(after)) compareObjects(before, after, path, operations);
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, operations);
  else operations.push({ op: "replace", path: toJsonPointer(path), value: after });
}

function compareObjects(before: JsonObject, after: JsonObject, path: Path, operations: PatchOperation[]): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) operations.push({ op: "remove", path: toJsonPointer([...path, key]) });
  }
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (old === undefined) operations.push({ op: "add", path: toJsonPointer([...path, key]), value });
    else compare(old, value, [...path, key], operations);
  }
}

function compareLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: Path,
  operations: PatchOperation[],
): void {
  for (let index = before.length - 1; index >= after.length; index--) {
    operations.push({ op: "remove", path: toJsonPointer([...path, index]) });
  }
  for (const [index, value] of after.entries()) {
    const old = before[index];
    if (index >= before.length || old === undefined) {
      operations.push({ op: "add", path: toJsonPointer([...path, "-"]), value });
    } else compare(old, value, [...path, index], operations);
  }
}

/** Why a patch cannot be applied. */
export class PatchError extends Error {
  /** A `test` did not hold. */
  readonly isTest: boolean;

  constructor(message: string, isTest = false) {
    super(message);
    this.isTest = isTest;
  }
}

/** The patched value; `document` is left as it is. Throws PatchError. */
export function applyPatch(document: JsonValue, operations: readonly PatchOperation[]): JsonValue {
  let root = structuredClone(document);
  for (const operation of operations) root = applyOperation(root, operation);
  return root;
}

function applyOperation(root: JsonValue, operation: PatchOperation): JsonValue {
  const path = parsePointer(operation.path);
  switch (operation.op) {
    case "add":
      return add(root, path, structuredClone(operation.value));
    case "replace":
      valueOf(root, path);
      if (path.length === 0) return structuredClone(operation.value);
      return replace(root, path, structuredClone(operation.value));
    case "remove":
      return remove(root, path);
    case "test": {
      const present = find(root, path);
      // Nothing there counts as null.
      if (!isDeepStrictEqual(present ?? null, operation.value)) {
        throw new PatchError(`testing value ${operation.path} failed: test failed`, true);
      }
      return root;
    }
    case "copy":
      return add(root, path, structuredClone(valueOf(root, parsePointer(operation.from))));
    case "move": {
      const from = parsePointer(operation.from);
      const value = valueOf(root, from);
      return add(remove(root, from), path, value);
    }
    default:
      throw new PatchError("unexpected kind of operation");
  }
}

export function parsePointer(pointer: string): readonly string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new PatchError(`invalid JSON pointer ${JSON.stringify(pointer)}`);
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function find(root: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const part of path) {
    if (Array.isArray(value)) value = value[indexOf(part, value.length, false)];
    else if (isJsonObject(value)) value = Object.hasOwn(value, part) ? value[part] : undefined;
    else return undefined;
  }
  return value;
}

function valueOf(root: JsonValue, path: readonly string[]): JsonValue {
  const value = find(root, path);
  if (value === undefined) throw missing(path);
  return value;
}

function missing(path: readonly string[]): PatchError {
  return new PatchError(`${JSON.stringify(toJsonPointer(path))} does not exist`);
}

function indexOf(part: string, length: number, isForAdding: boolean): number {
  if (isForAdding && part === "-") return length;
  const isIndex = /^(?:0|[1-9]\d*)$/.test(part);
  const index = isIndex ? Number(part) : -1;
  return index >= 0 && index < length + (isForAdding ? 1 : 0) ? index : -1;
}

function containerOf(root: JsonValue, path: readonly string[]): JsonObject | JsonValue[] {
  const container = find(root, path.slice(0, -1));
  if (container === undefined || container === null || typeof container !== "object") throw missing(path.slice(0, -1));
  return container;
}

function add(root: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const last = path.at(-1);
  if (last === undefined) return value;
  const container = containerOf(root, path);
  if (Array.isArray(container)) {
    const index = indexOf(last, container.length, true);
    if (index < 0) throw new PatchError(`index ${JSON.stringify(last)} is out of bounds`);
    container.splice(index, 0, value);
  } else define(container, last, value);
  return root;
}

function replace(root: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const last = path.at(-1) ?? "";
  const container = containerOf(root, path);
  if (Array.isArray(container)) container[indexOf(last, container.length, false)] = value;
  else define(container, last, value);
  return root;
}

function remove(root: JsonValue, path: readonly string[]): JsonValue {
  const last = path.at(-1);
  if (last === undefined) throw new PatchError("the whole document cannot be removed");
  valueOf(root, path);
  const container = containerOf(root, path);
  if (Array.isArray(container)) container.splice(indexOf(last, container.length, false), 1);
  else delete container[last];
  return root;
}

function define(object: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
