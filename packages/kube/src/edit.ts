import type { JsonValue, Path } from "./json.ts";

/**
 * One change to a value, said by path. Paths address the object itself (a finding's resource), not its document.
 *
 * - `set`: put `value` at `path`, creating missing parent mappings, replacing what is there.
 * - `remove`: take the key or list item at `path` away, and parents that this leaves empty when `prune` is set.
 * - `append`: add `value` at the end of the list at `path`, creating the list when it is absent; nothing where the list
 *   holds an equal item already.
 */
export type Edit =
  | { readonly op: "set"; readonly path: Path; readonly value: JsonValue }
  | { readonly op: "remove"; readonly path: Path; readonly prune?: boolean }
  | { readonly op: "append"; readonly path: Path; readonly value: JsonValue };
