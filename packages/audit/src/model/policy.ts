import { type JsonObject, isJsonObject, listAt, stringAt, stringsAt } from "@redoubt/kube";

/** Least to most: each level records what those before it record. */
export const LEVELS = ["None", "Metadata", "Request", "RequestResponse"] as const;
export type Level = (typeof LEVELS)[number];

export const STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"] as const;

/** audit.k8s.io/v1 GroupResources. */
export interface GroupResources {
  /** Empty for the core group, which is also what leaving it out means. */
  readonly group: string;
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

/** audit.k8s.io/v1 PolicyRule; absent lists are empty. */
export interface PolicyRule {
  /** As written: validation tells whether it is one of `LEVELS`. */
  readonly level: string;
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly GroupResources[];
  readonly namespaces: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly omitStages: readonly string[];
  readonly omitManagedFields: boolean | undefined;
}

/** audit.k8s.io/v1 Policy. */
export interface AuditPolicy {
  readonly rules: readonly PolicyRule[];
  readonly omitStages: readonly string[];
  readonly omitManagedFields: boolean;
}

/** Reads a policy as the API server does when it decodes leniently: unknown fields are ignored, values of a wrong type are taken as absent. */
export function readAuditPolicy(value: unknown): AuditPolicy {
  const omitManagedFields = isJsonObject(value) && value["omitManagedFields"] === true;
  return {
    rules: listAt(value, ["rules"]).map(readRule),
    omitStages: stringsAt(value, ["omitStages"]),
    omitManagedFields,
  };
}

function readRule(value: unknown): PolicyRule {
  const omit = isJsonObject(value) ? value["omitManagedFields"] : undefined;
  return {
    level: stringAt(value, ["level"]) ?? "",
    users: stringsAt(value, ["users"]),
    userGroups: stringsAt(value, ["userGroups"]),
    verbs: stringsAt(value, ["verbs"]),
    resources: listAt(value, ["resources"]).filter(isJsonObject).map(readGroupResources),
    namespaces: stringsAt(value, ["namespaces"]),
    nonResourceURLs: stringsAt(value, ["nonResourceURLs"]),
    omitStages: stringsAt(value, ["omitStages"]),
    omitManagedFields: typeof omit === "boolean" ? omit : undefined,
  };
}

function readGroupResources(value: JsonObject): GroupResources {
  return {
    group: stringAt(value, ["group"]) ?? "",
    resources: stringsAt(value, ["resources"]),
    resourceNames: stringsAt(value, ["resourceNames"]),
  };
}

export function isLevel(text: string): text is Level {
  return LEVELS.some((level) => level === text);
}

/** Whether `level` records at least what `wanted` records. */
export function isAtLeast(level: Level, wanted: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}
