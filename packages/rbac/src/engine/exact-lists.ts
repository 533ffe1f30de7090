/** The lists that a wildcard of a rule stands for, where the served API says so exactly. */
import { type ClusterSnapshot, type PolicyRule, snapshotModel, stringAt } from "@redoubt/kube";
import { groupsServing, isBuiltInGroup, servesResource } from "../model/api-resources.ts";

/** What requests to an ordinary resource can have as verb. */
export const ORDINARY_VERBS: readonly string[] = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
];

/** Resources that requests with verbs of their own are about. */
const SPECIAL: ReadonlySet<string> = new Set([
  "clusterroles",
  "groups",
  "podsecuritypolicies",
  "roles",
  "serviceaccounts",
  "signers",
  "uids",
  "userextras",
  "users",
]);

/** Plural names of custom resources with their groups, as far as their definitions are known. */
const customGroups: (snapshot: ClusterSnapshot) => ReadonlyMap<string, readonly string[]> = snapshotModel(
  (snapshot) => {
    const groups = new Map<string, string[]>();
    for (const { value } of snapshot.listUntyped("apiextensions.k8s.io", "CustomResourceDefinition")) {
      const plural = stringAt(value, ["spec", "names", "plural"]);
      const group = stringAt(value, ["spec", "group"]);
      if (plural === undefined || group === undefined) continue;
      const known = groups.get(plural);
      if (known === undefined) groups.set(plural, [group]);
      else known.push(group);
    }
    return groups;
  },
);

/**
 * The groups that `apiGroups: ["*"]` reaches with a rule's resources: those that serve any of them. Undefined where a resource is
 * a wildcard itself, or nothing known serves it.
 */
export function groupsReached(
  snapshot: ClusterSnapshot,
  { resources = [] }: PolicyRule,
): readonly string[] | undefined {
  const groups = new Set<string>();
  for (const entry of resources) {
    const base = entry.split("/", 1)[0] ?? "";
    const serving = [...groupsServing(base), ...(customGroups(snapshot).get(base) ?? [])];
    if (entry.includes("*") || serving.length === 0) return undefined;
    for (const group of serving) groups.add(group);
  }
  return groups.size === 0 ? undefined : [...groups].sort();
}

/**
 * The verbs that `verbs: ["*"]` reaches with a rule's groups and resources. Undefined where something is a wildcard, a subresource
 * or custom, or takes verbs of its own (`bind`, `impersonate`, `use` and so on).
 */
export function verbsReached({ apiGroups = [], resources = [] }: PolicyRule): readonly string[] | undefined {
  const ordinary =
    resources.length > 0 &&
    apiGroups.every(isBuiltInGroup) &&
    resources.every((resource) => !SPECIAL.has(resource) && apiGroups.some((group) => servesResource(group, resource)));
  return ordinary ? ORDINARY_VERBS : undefined;
}
