import { type JsonObject, type Path, isJsonObject, valueAt } from "./json.ts";

/**
 * Guarded reads from values whose shape nobody has checked (custom resources, configuration files, pipelines): the value at
 * `path` where it has the wanted type, undefined otherwise. Own properties only.
 */
export function stringAt(root: unknown, path: Path): string | undefined {
  const value = anyAt(root, path);
  return typeof value === "string" ? value : undefined;
}

export function booleanAt(root: unknown, path: Path): boolean | undefined {
  const value = anyAt(root, path);
  return typeof value === "boolean" ? value : undefined;
}

export function numberAt(root: unknown, path: Path): number | undefined {
  const value = anyAt(root, path);
  return typeof value === "number" ? value : undefined;
}

export function objectAt(root: unknown, path: Path): JsonObject | undefined {
  const value = anyAt(root, path);
  return isJsonObject(value) ? value : undefined;
}

/** The list at `path`; empty where there is none. */
export function listAt(root: unknown, path: Path): readonly unknown[] {
  const value = anyAt(root, path);
  return Array.isArray(value) ? value : [];
}

/** The strings of the list at `path`; other items are left out. */
export function stringsAt(root: unknown, path: Path): readonly string[] {
  return listAt(root, path).filter((item) => typeof item === "string");
}

function anyAt(root: unknown, path: Path): unknown {
  if (path.length === 0) return root;
  if (isJsonObject(root)) return valueAt(root, path);
  if (Array.isArray(root) && typeof path[0] === "number") return anyAt(root[path[0]], path.slice(1));
  return undefined;
}
