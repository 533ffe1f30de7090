import { type ApiConnection, type ServedResource, booleanAt, listAt, stringAt } from "@redoubt/kube";
import { readObject } from "./api-objects.ts";

/**
 * How the API server serves a kind in exactly this version; undefined where it does not.
 *
 * @throws what `readObject` throws.
 */
export async function servedKind(
  connection: ApiConnection,
  { group, version, kind }: { readonly group: string; readonly version: string; readonly kind: string },
  signal: AbortSignal,
): Promise<ServedResource | undefined> {
  const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const list = await readObject(connection, path, signal);
  for (const entry of listAt(list, ["resources"])) {
    const resource = stringAt(entry, ["name"]) ?? "";
    if (stringAt(entry, ["kind"]) !== kind || resource.includes("/")) continue;
    return { group, version, resource, kind, namespaced: booleanAt(entry, ["namespaced"]) === true };
  }
  return undefined;
}
