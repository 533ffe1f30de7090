/** Merges what an ApplyConfiguration gives into an object, as server-side apply does (structured-merge-diff). */
import { type JsonObject, type JsonValue, type Path, isJsonObject } from "@redoubt/kube";
import { setField } from "../gatekeeper/mutation/apply.ts";

/** The keys of lists whose items are told apart by them, by the list's field. Other lists are replaced as one. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  claims: ["name"],
  conditions: ["type"],
  containers: ["name"],
  env: ["name"],
  ephemeralContainers: ["name"],
  hostAliases: ["ip"],
  hostIPs: ["ip"],
  imagePullSecrets: ["name"],
  initContainers: ["name"],
  ownerReferences: ["uid"],
  podIPs: ["ip"],
  resourceClaims: ["name"],
  schedulingGates: ["name"],
  secrets: ["name"],
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
  volumeDevices: ["devicePath"],
  volumeMounts: ["mountPath"],
  volumes: ["name"],
  webhooks: ["name"],
};

/** Lists of which each value is in them once. */
const SETS: ReadonlySet<string> = new Set(["finalizers"]);

/** Mappings that are replaced as one. */
const ATOMIC_MAPS: ReadonlySet<string> = new Set([
  "claimRef",
  "configMapKeyRef",
  "fieldRef",
  "labelSelector",
  "namespaceSelector",
  "nodeSelector",
  "objectSelector",
  "podSelector",
  "resourceFieldRef",
  "roleRef",
  "scaleTargetRef",
  "secretKeyRef",
  "secretRef",
  "selector",
]);

/** Items of these lists are references, which are replaced as one. */
const ATOMIC_ITEMS: ReadonlySet<string> = new Set(["imagePullSecrets", "ownerReferences", "secrets"]);

function keysOf(field: string, path: Path): readonly string[] | undefined {
  // Ports of containers and of services are told apart by different fields.
  if (field === "ports")
    return path.some((part) => typeof part === "string" && part.endsWith("ontainers"))
      ? ["containerPort", "protocol"]
      : ["port", "protocol"];
  return Object.hasOwn(LIST_KEYS, field) ? LIST_KEYS[field] : undefined;
}

function fieldAt(path: Path): string {
  const last = path.at(-1);
  return typeof last === "string" ? last : "";
}

/** What of a patch lies in things that can only be replaced as one, which the API server refuses. */
export function atomicPaths(patch: JsonValue, path: Path = []): readonly string[] {
  const found: string[] = [];
  const field = fieldAt(path);
  if (isJsonObject(patch)) {
    const owner = typeof path.at(-1) === "number" ? fieldAt(path.slice(0, -1)) : "";
    if (ATOMIC_MAPS.has(field) || ATOMIC_ITEMS.has(owner)) found.push(pathText(path));
    for (const [key, value] of Object.entries(patch)) found.push(...atomicPaths(value, [...path, key]));
  } else if (Array.isArray(patch)) {
    if (keysOf(field, path) === undefined && !SETS.has(field)) found.push(pathText(path));
    for (const [index, item] of patch.entries()) found.push(...atomicPaths(item, [...path, index]));
  }
  return found;
}

function pathText(path: Path): string {
  return path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
}

export function mergeApplied(live: JsonValue | undefined, patch: JsonValue, path: Path = []): JsonValue {
  if (isJsonObject(live) && isJsonObject(patch)) {
    const merged: JsonObject = { ...live };
    for (const [key, value] of Object.entries(patch)) {
      const own = Object.hasOwn(live, key) ? live[key] : undefined;
      setField(merged, key, mergeApplied(own, value, [...path, key]));
    }
    return merged;
  }
  if (!Array.isArray(live) || !Array.isArray(patch)) return patch;
  const keys = keysOf(fieldAt(path), path);
  if (keys === undefined) return SETS.has(fieldAt(path)) ? mergeLists(live, patch, JSON.stringify, path) : patch;
  return mergeLists(live, patch, (item) => identity(item, keys), path);
}

/** Defaults count as keys. */
function identity(item: JsonValue, keys: readonly string[]): string {
  if (!isJsonObject(item)) return JSON.stringify(item);
  return JSON.stringify(keys.map((key) => item[key] ?? (key === "protocol" ? "TCP" : null)));
}

/** Items of both, those of the patch in its order, the others where they were. */
function mergeLists(
  live: readonly JsonValue[],
  patch: readonly JsonValue[],
  identify: (item: JsonValue) => string,
  path: Path,
): JsonValue[] {
  const left = live.map(identify);
  const right = patch.map(identify);
  const inLeft = new Map(left.map((id, index) => [id, live[index]]));
  const inRight = new Set(right);
  const shared = right.filter((id) => inLeft.has(id));
  const done = new Set<string>();
  const merged: JsonValue[] = [];
  let wanted = shared.shift();
  const takeRight = (index: number): void => {
    const id = right[index] ?? "";
    done.add(id);
    merged.push(mergeApplied(inLeft.get(id), patch[index] ?? null, [...path, index]));
    if (wanted === id) wanted = shared.shift();
  };
  let at = 0;
  let index = 0;
  while (at < left.length || index < right.length) {
    const id = left[at];
    if (id !== undefined && index < right.length) {
      if (id === right[index]) {
        takeRight(index);
        at++;
        index++;
        continue;
      }
      if (inRight.has(id) && wanted !== undefined && wanted !== id) {
        at++;
        continue;
      }
    }
    if (id !== undefined && !inRight.has(id)) {
      merged.push(live[at] ?? null);
      at++;
      continue;
    }
    if (id !== undefined && done.has(id)) at++;
    if (index < right.length) takeRight(index++);
  }
  return merged;
}
