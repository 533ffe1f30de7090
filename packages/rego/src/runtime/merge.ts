import { isObject } from "../values/kinds.ts";
import { baseMember } from "./access.ts";
import { ObjectBuilder, objectEntries, objectGet } from "../values/object.ts";
import type { Value } from "../values/value.ts";

/** One document out of two: objects merge key by key, and where they cannot, `a` wins. */
export function mergeDocuments(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (a === undefined) return b;
  if (b === undefined || !isObject(a) || !isObject(b)) return a;
  const builder = new ObjectBuilder();
  for (const [key, value] of objectEntries(b)) builder.set(key, value);
  for (const [key, value] of objectEntries(a)) {
    const merged = mergeDocuments(value, objectGet(b, key));
    if (merged !== undefined) builder.set(key, merged);
  }
  return builder.build();
}

/**
 * A document with `value` in the place of what lies at `path`, as `with input.a.b as value` asks; the original is left as
 * it was. Objects are made along the path where there are none.
 */
export function replaceAt(document: Value | undefined, path: readonly Value[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const builder = new ObjectBuilder();
  const inner = isObject(document) ? objectGet(document, key) : undefined;
  if (isObject(document)) for (const [name, item] of objectEntries(document)) builder.set(name, item);
  return builder.set(key, replaceAt(inner, rest, value)).build();
}

/** What lies at a path of a document. */
export function findAt(document: Value | undefined, path: readonly Value[]): Value | undefined {
  let found = document;
  for (const key of path) found = baseMember(found, key);
  return found;
}
