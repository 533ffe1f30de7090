import type { Edit } from "../../edit.ts";
import { type JsonObject, type JsonValue, type Path, isJsonObject, toFieldPath, valueAt } from "../../json.ts";

/** Why an edit was not made. */
export interface EditRefusal {
  readonly edit: Edit;
  /** `EDIT_TYPE`, `EDIT_MISSING`, `EDIT_SHARED_ANCHOR`, `EDIT_MERGED_KEY`, `EDIT_NOT_EXACT`, `EDIT_NOT_YAML`. */
  readonly code: string;
  /** One plain clause: what stands in the way, and where. */
  readonly reason: string;
}

export type EditedValue =
  | { readonly kind: "edited"; readonly value: JsonValue }
  | ({ readonly kind: "refused" } & EditRefusal);

/**
 * The edits made on a JSON value, in order, all or none; the given value is not changed. Null counts as absent. An `append` of
 * what the list already holds changes nothing, so applying the same edits twice is the same as once.
 */
export function applyToValue(value: JsonValue, edits: readonly Edit[]): EditedValue {
  let current = value;
  for (const edit of edits) {
    const result = applyOne(current, edit, 0);
    if (result.kind === "refused") return result;
    current = result.value;
  }
  return { kind: "edited", value: current };
}

/** One edit; `prune` stops at the first `floor` segments of its path. Returns the same value where nothing changes. */
export function applyOne(value: JsonValue, edit: Edit, floor: number): EditedValue {
  if (edit.op === "set") return put(value, edit.path, edit.value, edit);
  if (edit.op === "append") {
    const list = valueAt(value, edit.path) ?? [];
    if (!Array.isArray(list)) return refuse(edit, "EDIT_TYPE", `${fieldName(edit.path)} is no list`);
    if (list.some((item) => deepEqual(item, edit.value))) return { kind: "edited", value };
    return put(value, edit.path, [...list, edit.value], edit);
  }
  if (valueAt(value, edit.path) === undefined) return { kind: "edited", value };
  const path = edit.prune === true ? prunedPath(value, edit.path, floor) : edit.path;
  if (path.length <= floor) return refuse(edit, "EDIT_TYPE", "the object itself cannot be removed");
  return { kind: "edited", value: removeAt(value, path) };
}

/** The highest path that a pruning removal takes away: parents go with their only child. */
export function prunedPath(value: JsonValue, path: Path, floor: number): Path {
  let end = path.length;
  while (end > floor + 1) {
    const parent = valueAt(value, path.slice(0, end - 1));
    const size = Array.isArray(parent) ? parent.length : isJsonObject(parent) ? Object.keys(parent).length : 0;
    if (size !== 1) break;
    end--;
  }
  return path.slice(0, end);
}

function put(root: JsonValue, path: Path, value: JsonValue, edit: Edit): EditedValue {
  const [segment, ...rest] = path;
  if (segment === undefined) return { kind: "edited", value: deepEqual(root, value) ? root : value };
  if (Array.isArray(root)) {
    const old = typeof segment === "number" ? root[segment] : undefined;
    if (typeof segment !== "number" || old === undefined) {
      return refuse(edit, "EDIT_MISSING", `there is no item ${segment} in the list that ${fieldName(edit.path)} names`);
    }
    const result = put(old, rest, value, edit);
    if (result.kind === "refused" || result.value === old)
      return result.kind === "refused" ? result : { kind: "edited", value: root };
    return { kind: "edited", value: root.with(segment, result.value) };
  }
  if (root !== null && !isJsonObject(root)) {
    return refuse(edit, "EDIT_TYPE", `a parent of ${fieldName(edit.path)} is ${describe(root)}, not a mapping`);
  }
  if (typeof segment === "number") {
    return refuse(edit, "EDIT_MISSING", `there is no list for item ${segment} of ${fieldName(edit.path)}`);
  }
  const old = root !== null && Object.hasOwn(root, segment) ? (root[segment] ?? null) : undefined;
  const result = put(old ?? null, rest, value, edit);
  if (result.kind === "refused") return result;
  if (old !== undefined && result.value === old) return { kind: "edited", value: root };
  return { kind: "edited", value: withKey(root ?? {}, segment, result.value) };
}

function withKey(object: JsonObject, key: string, value: JsonValue): JsonObject {
  const copy: JsonObject = { ...object };
  // `__proto__` must become an own property like any other.
  Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
  return copy;
}

function removeAt(root: JsonValue, path: Path): JsonValue {
  const [segment, ...rest] = path;
  if (segment === undefined) return root;
  if (Array.isArray(root) && typeof segment === "number") {
    const old = root[segment];
    if (old === undefined) return root;
    return rest.length === 0 ? root.toSpliced(segment, 1) : root.with(segment, removeAt(old, rest));
  }
  if (!isJsonObject(root)) return root;
  const key = String(segment);
  if (rest.length > 0) return withKey(root, key, removeAt(root[key] ?? null, rest));
  return Object.fromEntries(Object.entries(root).filter(([name]) => name !== key));
}

/** Equality of JSON values; the order of keys does not count. */
export function deepEqual(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => deepEqual(item, right[index]))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && deepEqual(left[key], right[key]));
}

/** The name of a field for a message; the object itself where the path is empty. */
export function fieldName(path: Path): string {
  return path.length === 0 ? "the object" : toFieldPath(path);
}

function describe(value: JsonValue): string {
  return typeof value === "string" ? "a string" : `a ${typeof value}`;
}

function refuse(edit: Edit, code: string, reason: string): EditedValue {
  return { kind: "refused", edit, code, reason };
}
