import type { Severity } from "@redoubt/control";
import type { PolicyRule } from "@redoubt/kube";
import { isClusterScoped } from "../model/api-resources.ts";
import { type DangerousPermission, PERMISSIONS, type Reach, type Target } from "../model/permissions.ts";
import { type Grant, listed, reachOf } from "./holders.ts";
import { canBeNamed, groupMatches, resourceEntryMatches, verbMatches } from "./rule-matching.ts";
import { lowered } from "./severity.ts";

/** What one rule allows of one permission. */
export interface PermissionHit {
  readonly hits: readonly Target[];
  /** Those that also work when granted by a RoleBinding. */
  readonly namespacedHits: readonly Target[];
  /** Index in the rule's `resources` of the entry that allows the first hit. */
  readonly resourceIndex: number;
  readonly resourceNames: readonly string[];
}

/** Whether a rule grants everything on everything; `apiGroups` may still be limited. */
export function isFullWildcard(rule: PolicyRule): boolean {
  return (rule.verbs?.includes("*") ?? false) && (rule.resources?.includes("*") ?? false);
}

/**
 * What a rule allows of a permission, or undefined when nothing. Verbs that name no object are never allowed by a rule with
 * resourceNames.
 */
export function permissionHit(
  rule: PolicyRule,
  permission: Pick<DangerousPermission, "targets">,
): PermissionHit | undefined {
  const resourceNames = rule.resourceNames ?? [];
  const hits: Target[] = [];
  let resourceIndex = -1;
  for (const { group, resource, verbs } of permission.targets) {
    if (!groupMatches(rule, group)) continue;
    const index = rule.resources?.findIndex((allowed) => resourceEntryMatches(allowed, resource)) ?? -1;
    if (index < 0) continue;
    const allowed = verbs.filter(
      (verb) => verbMatches(rule, verb) && (resourceNames.length === 0 || canBeNamed(rule, verb, group, resource)),
    );
    if (allowed.length === 0) continue;
    if (resourceIndex < 0) resourceIndex = index;
    hits.push({ group, resource, verbs: allowed });
  }
  if (hits.length === 0) return undefined;
  return {
    hits,
    namespacedHits: hits.filter(({ group, resource }) => !isClusterScoped(group, resource)),
    resourceIndex,
    resourceNames,
  };
}

/** How much a hit weighs: by how far the role reaches, and milder when limited to names that are not sensitive. */
export function hitSeverity(permission: DangerousPermission, hit: PermissionHit, grants: readonly Grant[]): Severity {
  const severity = permission.severity[effectiveReach(hit, grants)];
  if (hit.resourceNames.length === 0) return severity;
  const sensitive = permission.sensitiveNames ?? [];
  return hit.resourceNames.some((name) => sensitive.includes(name)) ? severity : lowered(severity);
}

/** RoleBindings give nothing of a hit that is on cluster-scoped resources alone. */
export function effectiveReach(hit: PermissionHit, grants: readonly Grant[]): Reach {
  const reach = reachOf(grants);
  return reach === "namespace" && hit.namespacedHits.length === 0 ? "unbound" : reach;
}

/** `create and update pods and deployments, get secrets`; limited ones end in `(only a, b)`. */
export function describeTargets(hits: readonly Target[], resourceNames: readonly string[] = []): string {
  const byVerbs = Map.groupBy(hits, ({ verbs }) => listed(verbs));
  const text = [...byVerbs]
    .map(([verbs, targetsOfVerbs]) => `${verbs} ${listed(targetsOfVerbs.map(({ resource }) => resource))}`)
    .join(", and ");
  if (resourceNames.length === 0) return text;
  const shown = resourceNames.slice(0, 3).join(", ");
  return `${text} (only ${shown}${resourceNames.length > 3 ? ` and ${resourceNames.length - 3} more` : ""})`;
}

/** The dangerous permissions among what a rule of a Role or ClusterRole allows. */
export function openedBy(rule: PolicyRule, kind: "Role" | "ClusterRole"): readonly DangerousPermission[] {
  return Object.values(PERMISSIONS).filter((permission) => {
    const hit = permissionHit(rule, permission);
    return hit !== undefined && (kind === "ClusterRole" || hit.namespacedHits.length > 0);
  });
}
