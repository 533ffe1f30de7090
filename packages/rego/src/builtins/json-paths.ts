import { isArray, isObject, isSet, typeName } from "../values/kinds.ts";
import { objectEntries, objectFrom, objectGet, type Entry, ObjectBuilder } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import { termText } from "../values/term-text.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { membersOf, objectOperand, operandError, typeError } from "./operands.ts";

/** The keys that a path names: a string of names between slashes, or an array of keys. */
export function parsePath(path: Value): readonly Value[] {
  if (isArray(path)) return path;
  if (typeof path !== "string") {
    throw operandError(
      2,
      `must be one of {set, array} containing string paths or array of path segments but got ${typeName(path)}`,
    );
  }
  if (path === "") return [];
  return path
    .replace(/^\/+/, "")
    .split("/")
    .map((name) => (name.includes("~") ? name.replaceAll("~1", "/").replaceAll("~0", "~") : name));
}

function pathsOperand(paths: Value): ObjectValue {
  const members = membersOf(paths);
  if (members === undefined) throw typeError(2, paths, "set", "array");
  const root = new TreeNode();
  for (const path of members.map(parsePath)) insertPath(root, path);
  return root.toObject();
}

class TreeNode {
  readonly #children = new ObjectBuilder();
  readonly #nodes: TreeNode[] = [];

  /** The node below a key, made if need be; null where a path ends. */
  child(key: Value): TreeNode | null {
    const index = this.#children.get(key);
    if (index === null) return null;
    if (typeof index === "number") return this.#nodes[index] ?? null;
    const node = new TreeNode();
    this.#children.set(key, this.#nodes.length);
    this.#nodes.push(node);
    return node;
  }

  end(key: Value): void {
    this.#children.set(key, null);
  }

  toObject(): ObjectValue {
    return objectFrom(
      objectEntries(this.#children.build()).map(([key, index]): Entry => {
        const node = typeof index === "number" ? this.#nodes[index] : undefined;
        return [key, node === undefined ? null : node.toObject()];
      }),
    );
  }
}

function insertPath(root: TreeNode, path: readonly Value[]): void {
  let node: TreeNode = root;
  for (let i = 0; i < path.length; i += 1) {
    const key = path[i];
    if (key === undefined) return;
    if (i === path.length - 1) {
      node.end(key);
      return;
    }
    const child = node.child(key);
    if (child === null) return;
    node = child;
  }
}

/** Keeps what the filter names, recursively; null keeps all. Array indexes are named by strings. */
export function filterByPaths(value: Value, filter: Value): Value {
  if (filter === null) return value;
  if (!isObject(filter)) throw new BuiltinError(`invalid filter value ${goQuoted(filter)}, expected an object`);
  if (isArray(value)) {
    return value.flatMap((item, i) => {
      const below = objectGet(filter, String(i));
      return below === undefined ? [] : [filterByPaths(item, below)];
    });
  }
  if (isSet(value)) {
    const kept = new RegoSet();
    for (const member of value.sorted()) {
      const below = objectGet(filter, member);
      if (below !== undefined) kept.add(filterByPaths(member, below));
    }
    return kept;
  }
  if (!isObject(value)) return value;
  const entries: Entry[] = [];
  for (const [key, item] of objectEntries(value)) {
    const below = objectGet(filter, key);
    if (below !== undefined) entries.push([key, filterByPaths(item, below)]);
  }
  return objectFrom(entries);
}

function goQuoted(value: Value): string {
  return JSON.stringify(termText(value));
}

/** Drops what the filter names, recursively; undefined where all is dropped. */
function removeByPaths(value: Value, filter: Value | undefined): Value | undefined {
  if (filter === null) return undefined;
  if (!isObject(filter)) return value;
  if (isArray(value)) {
    return value.flatMap((item, i) => {
      const kept = removeByPaths(item, objectGet(filter, String(i)));
      return kept === undefined ? [] : [kept];
    });
  }
  if (isSet(value)) {
    const result = new RegoSet();
    for (const member of value.sorted()) {
      const kept = removeByPaths(member, objectGet(filter, member));
      if (kept !== undefined) result.add(kept);
    }
    return result;
  }
  if (!isObject(value)) return value;
  const entries: Entry[] = [];
  for (const [key, item] of objectEntries(value)) {
    const kept = removeByPaths(item, objectGet(filter, key));
    if (kept !== undefined) entries.push([key, kept]);
  }
  return objectFrom(entries);
}

function filterCall(_context: BuiltinContext, object: Value, paths: Value): Value {
  return filterByPaths(objectOperand(object, 1), pathsOperand(paths));
}

function remove(_context: BuiltinContext, object: Value, paths: Value): Value | undefined {
  return removeByPaths(objectOperand(object, 1), pathsOperand(paths));
}

export const jsonPaths: Family = { "json.filter": filterCall, "json.remove": remove };
