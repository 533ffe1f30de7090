import { type PolicyRule, matchesLabelSelector } from "@redoubt/kube";
import type { AccessModel, RoleView } from "../model/access.ts";

const AGGREGATE_LABEL = "rbac.authorization.k8s.io/aggregate-to-";

/** The built-in roles that collect others by label, each also collected by the next: view by edit, edit by admin. */
export const USER_FACING_AGGREGATES = ["view", "edit", "admin"] as const;

/**
 * The rules that a ClusterRole has once the controller has run: its own, or for an aggregated one the union of every
 * ClusterRole that its selectors match, selector by selector and in name order, duplicates dropped, itself left out,
 * through any depth.
 */
export function effectiveRules(model: AccessModel, role: RoleView): readonly PolicyRule[] {
  if (role.aggregationRule === undefined) return role.rules;
  const seen = new Set<string>([role.name]);
  const rules = new Map<string, PolicyRule>();
  const collect = (aggregate: RoleView): void => {
    for (const source of aggregatedRoles(model, aggregate)) {
      if (seen.has(source.name)) continue;
      seen.add(source.name);
      if (source.aggregationRule !== undefined) collect(source);
      else
        for (const rule of source.rules) {
          const key = ruleKey(rule);
          if (!rules.has(key)) rules.set(key, rule);
        }
    }
  };
  collect(role);
  return [...rules.values()];
}

/** The ClusterRoles that an aggregation rule selects directly, without the role itself. */
export function aggregatedRoles(model: AccessModel, aggregate: RoleView): readonly RoleView[] {
  return (aggregate.aggregationRule?.clusterRoleSelectors ?? []).flatMap((selector) =>
    model.roles
      .filter(
        (role) =>
          role.kind === "ClusterRole" &&
          role.name !== aggregate.name &&
          matchesLabelSelector(selector, role.object.labels),
      )
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
  );
}

/**
 * Names of the ClusterRoles that a ClusterRole's rules flow into, itself first. The built-in `view`, `edit` and
 * `admin` collect by their labels whether or not the snapshot has them.
 */
export function rolesFedBy(model: AccessModel, role: RoleView): readonly string[] {
  const names = new Set<string>([role.name]);
  if (role.kind === "Role") return [...names];
  const visit = (source: RoleView): void => {
    const start = USER_FACING_AGGREGATES.findIndex(
      (name) => source.object.labels[`${AGGREGATE_LABEL}${name}`] === "true",
    );
    if (start >= 0) for (const name of USER_FACING_AGGREGATES.slice(start)) names.add(name);
    for (const aggregate of model.aggregates) {
      if (names.has(aggregate.name) || !selects(aggregate, source)) continue;
      names.add(aggregate.name);
      visit(aggregate);
    }
  };
  visit(role);
  return [...names];
}

/** Whether two rules are written alike. */
export function ruleKey(rule: PolicyRule): string {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs]);
}

function selects(aggregate: RoleView, role: RoleView): boolean {
  return (aggregate.aggregationRule?.clusterRoleSelectors ?? []).some((selector) =>
    matchesLabelSelector(selector, role.object.labels),
  );
}
