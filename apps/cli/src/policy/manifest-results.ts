import type { ManifestResult } from "@redoubt/admission";
import { type JsonObject, type JsonValue, isJsonObject, writeYaml } from "@redoubt/kube";
import { indentedJson } from "./json.ts";

/** As `gator test -o json` prints it. */
export function manifestJson(results: readonly ManifestResult[]): string {
  if (results.length === 0) return "null\n";
  const entries = results.map((result) => ({
    target: result.target,
    msg: result.message === "" ? undefined : result.message,
    metadata: metadataOf(result),
    constraint: sortedKeys(result.constraint),
    enforcementAction: result.enforcementAction,
    scopedActions: result.scopedActions.length === 0 ? undefined : result.scopedActions,
    violatingObject: sortedKeys(result.object),
    trace: null,
  }));
  return indentedJson(entries, "    ");
}

/** As `gator test -o yaml` prints it, with gator's names of the fields. */
export function manifestYaml(results: readonly ManifestResult[]): string {
  if (results.length === 0) return "[]\n";
  const entries = results.map((result): JsonValue => ({
    result: {
      target: result.target,
      msg: result.message,
      metadata: metadataOf(result) ?? {},
      constraint: { object: sortedKeys(result.constraint) },
      enforcementaction: result.enforcementAction,
      scopedenforcementactions: [...result.scopedActions],
    },
    violatingObject: sortedKeys(result.object),
    trace: null,
  }));
  return writeYaml(entries);
}

function metadataOf({ details }: ManifestResult): JsonObject | undefined {
  return details === undefined ? undefined : { details: sortedKeys(details) };
}

/** Go writes the keys of mappings in order. */
function sortedKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  const sorted: JsonObject = Object.fromEntries(entries.map(([key, item]) => [key, sortedKeys(item)]));
  return sorted;
}
