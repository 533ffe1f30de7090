/** JSON Patch (RFC 6902): applying one, and the one that leads from a value to another. */
import { isDeepStrictEqual } from "node:util";
import { type JsonObject, type JsonValue, type Path, isJsonObject, toJsonPointer } from "@redoubt/kube";
import { setField } from "./gatekeeper/mutation/apply.ts";

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

/**
 * The patched value; `document` is left as it is. As the API server applies patches: a field that is replaced need not be there, and an
 * index may be negative. Throws PatchError, with the API server's words.
 */
export function applyPatch(document: JsonValue, operations: readonly PatchOperation[]): JsonValue {
  let root = structuredClone(document);
  for (const operation of operations) root = applyOperation(root, operation);
  return root;
}

function applyOperation(root: JsonValue, operation: PatchOperation): JsonValue {
  const { op, path } = operation;
  if (path === "" && (op === "replace" || op === "test")) return atRoot(root, op, operation.value);
  const place = (): Place => placeOf(root, path, `${op} operation does not apply: doc is missing path: "${path}"`);
  switch (op) {
    case "add":
      attempt(`error in add for path: '${path}'`, () => add(place(), structuredClone(operation.value)));
      return root;
    case "remove":
      attempt(`error in remove for path: '${path}'`, () => remove(place()));
      return root;
    case "replace":
      replace(
        placeOf(root, path, `replace operation does not apply: doc is missing path: ${path}`),
        path,
        operation.value,
      );
      return root;
    case "test":
      testValue(placeOf(root, path, `test operation does not apply: is missing path: ${path}`), path, operation.value);
      return root;
    case "move": {
      const { from } = operation;
      const source = placeOf(root, from, `move operation does not apply: doc is missing from path: ${from}`);
      const value = attempt(`error in move for path: '${source.key}'`, () => {
        const found = get(source);
        remove(source);
        return found ?? null;
      });
      const target = placeOf(root, path, `move operation does not apply: doc is missing destination path: ${path}`);
      attempt(`error in move for path: '${path}'`, () => add(target, value));
      return root;
    }
    case "copy": {
      const { from } = operation;
      const source = placeOf(root, from, `copy operation does not apply: doc is missing from path: ${from}`);
      const value = attempt(`error in copy for from: '${from}'`, () => get(source) ?? null);
      const target = placeOf(root, path, `copy operation does not apply: doc is missing destination path: ${path}`);
      attempt("error while adding value during copy", () => add(target, structuredClone(value)));
      return root;
    }
  }
}

function atRoot(root: JsonValue, op: "replace" | "test", value: JsonValue): JsonValue {
  if (op === "replace") return structuredClone(value);
  if (!isDeepStrictEqual(root, value)) throw failedTest("");
  return root;
}

function failedTest(path: string): PatchError {
  return new PatchError(`testing value ${path} failed: test failed`, true);
}

/** Where a path leads: a field of an object or an item of a list, which need not be there. */
interface Place {
  readonly container: JsonObject | JsonValue[];
  readonly key: string;
}

/** What a failure is about stands before it. */
function attempt<T>(about: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof IndexError)) throw error;
    throw new PatchError(`${about}: ${error.message}`);
  }
}

class IndexError extends Error {}

function placeOf(root: JsonValue, path: string, missing: string): Place {
  const [, ...parts] = path.split("/");
  const key = parts.pop();
  let container: JsonValue | undefined = root;
  for (const part of parts) container = isContainer(container) ? child(container, decoded(part)) : undefined;
  if (key === undefined || !isContainer(container)) throw new PatchError(`${missing}: missing value`);
  return { container, key: decoded(key) };
}

function isContainer(value: JsonValue | undefined): value is JsonObject | JsonValue[] {
  return typeof value === "object" && value !== null;
}

function decoded(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

function child(container: JsonObject | JsonValue[], key: string): JsonValue | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  const index = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN;
  return container.at(index >= -container.length && index < container.length ? index : container.length);
}

/** The index of one of `length` places; negative ones count from the end. */
function indexOf(key: string, length: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new IndexError(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  const index = Number(key);
  if (index >= length || index < -length) {
    throw new IndexError(`Unable to access invalid index: ${index}: invalid index referenced`);
  }
  return index < 0 ? index + length : index;
}

function get({ container, key }: Place): JsonValue | undefined {
  if (Array.isArray(container)) return container[indexOf(key, container.length)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function add({ container, key }: Place, value: JsonValue): void {
  if (!Array.isArray(container)) setField(container, key, value);
  else if (key === "-") container.push(value);
  else container.splice(indexToAdd(key, container.length + 1), 0, value);
}

function indexToAdd(key: string, length: number): number {
  if (/^[+-]?\d+$/.test(key)) return indexOf(key, length);
  throw new IndexError(
    `value was not a proper array index: '${key}': strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`,
  );
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) container.splice(indexOf(key, container.length), 1);
  else if (Object.hasOwn(container, key)) delete container[key];
  else throw new IndexError(`Unable to remove nonexistent key: ${key}: missing value`);
}

function replace({ container, key }: Place, path: string, value: JsonValue): void {
  if (!Array.isArray(container)) {
    setField(container, key, structuredClone(value));
    return;
  }
  try {
    container[indexOf(key, container.length)] = structuredClone(value);
  } catch (error) {
    if (!(error instanceof IndexError)) throw error;
    throw new PatchError(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
}

/** Nothing there counts as null. */
function testValue(place: Place, path: string, value: JsonValue): void {
  const present = attempt(`error in test for path: '${path}'`, () => get(place));
  if (!isDeepStrictEqual(present ?? null, value)) throw failedTest(path);
}
