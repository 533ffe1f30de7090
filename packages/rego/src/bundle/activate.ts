import { isPlainObject } from "../values/kinds.ts";
import { type MutableObject, type PlainObject, ownValue, setOwn } from "../values/value.ts";
import { Documents, formatDataPath } from "./documents.ts";
import { LoadError, type Loaded, loaded } from "./load-error.ts";
import { findOverlap } from "./manifest.ts";
import type { Bundle } from "./read-bundle.ts";

/**
 * Base documents with bundles laid over them: each bundle owns its roots, so that what the base has there gives way. Bundles whose
 * roots overlap cannot be used together.
 */
export function overlayBundles(base: PlainObject, bundles: readonly Bundle[]): Loaded<PlainObject> {
  const errors: LoadError[] = [];
  const roots = bundles.flatMap(({ name, manifest }) => manifest.roots.map((root) => ({ root, name })));
  const overlap = findOverlap(roots.map(({ root }) => root));
  if (overlap !== undefined) {
    const owners = roots.filter(({ root }) => overlap.includes(root)).map(({ name }) => name);
    const message = `the bundles ${owners.join(" and ")} have roots that overlap: "${overlap[0]}" and "${overlap[1]}"`;
    errors.push(new LoadError("BUNDLE_ROOTS", "", message));
    return loaded(errors, () => base);
  }
  let kept = base;
  for (const { root } of roots) kept = without(kept, root === "" ? [] : root.split("/"));
  const documents = new Documents();
  documents.put([], kept);
  for (const { name, data } of bundles) {
    const conflict = documents.put([], data);
    if (conflict !== undefined && conflict !== "not an object") {
      errors.push(
        new LoadError("LOAD_DATA_CONFLICT", name, `${formatDataPath(conflict)} is given by another source, too`),
      );
    }
  }
  return loaded(errors, () => documents.value);
}

function without(object: PlainObject, path: readonly string[]): PlainObject {
  const [key, ...rest] = path;
  if (key === undefined) return {};
  const child = ownValue(object, key);
  if (child === undefined) return object;
  const copy: MutableObject = {};
  for (const name of Object.keys(object)) if (name !== key) setOwn(copy, name, ownValue(object, name) ?? null);
  if (rest.length > 0) setOwn(copy, key, isPlainObject(child) ? without(child, rest) : child);
  return copy;
}
