import {
  type AccessModel,
  type BindingView,
  type RoleView,
  type SubjectView,
  bindingsOf,
  describeSubject,
  roleKey,
} from "../model/access.ts";
import type { Reach } from "../model/permissions.ts";
import { rolesFedBy } from "./aggregation.ts";

/** One binding that gives someone a role, directly or through an aggregated ClusterRole. */
export interface Grant {
  readonly binding: BindingView;
  /** The aggregated ClusterRole that carries the rules to the subjects, when it is not the role itself. */
  readonly through: string | undefined;
}

/** Every binding that has subjects and gives them this role's rules. */
export function grantsOf(model: AccessModel, role: RoleView): readonly Grant[] {
  const direct = bindingsOf(model, role).map((binding) => ({ binding, through: undefined }));
  const indirect = rolesFedBy(model, role)
    .slice(1)
    .flatMap((through) =>
      (model.bindingsByRole.get(roleKey("ClusterRole", "", through)) ?? []).map((binding) => ({ binding, through })),
    );
  return [...direct, ...indirect].filter(({ binding }) => binding.subjects.length > 0);
}

export function reachOf(grants: readonly Grant[]): Reach {
  if (grants.length === 0) return "unbound";
  return grants.some(({ binding }) => binding.kind === "ClusterRoleBinding") ? "cluster" : "namespace";
}

/** Names up to three subjects: `User jane, Group devs and 4 more`. */
export function describeSubjects(subjects: readonly SubjectView[]): string {
  const names = [...new Set(subjects.map(describeSubject))];
  if (names.length > 3) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return listed(names);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}

/**
 * Who can do something, and where: `User jane can create pods in namespace shop`.
 * `namespaceAction` is what remains of `action` for those who hold the role through a RoleBinding; undefined when nothing does.
 */
export function describeGrants(
  grants: readonly Grant[],
  action: string,
  namespaceAction: string | undefined = action,
): string {
  const parts: string[] = [];
  const cluster = grants.filter(({ binding }) => binding.kind === "ClusterRoleBinding");
  if (cluster.length > 0) parts.push(`${holders(cluster)} can ${action} in the whole cluster`);
  if (namespaceAction !== undefined) {
    const byNamespace = Map.groupBy(
      grants.filter(({ binding }) => binding.kind === "RoleBinding"),
      ({ binding }) => binding.namespace,
    );
    const groups = [...byNamespace];
    for (const [namespace, held] of groups.slice(0, 2)) {
      parts.push(`${holders(held)} can ${namespaceAction} in namespace ${namespace}`);
    }
    if (groups.length > 2) parts.push(`the same holds in ${groups.length - 2} more namespaces`);
  }
  if (parts.length === 0) return `whoever gets this role can ${action} (no binding given here names it)`;
  return listed(parts);
}

function holders(grants: readonly Grant[]): string {
  const through = [...new Set(grants.flatMap((grant) => grant.through ?? []))];
  const names = describeSubjects(grants.flatMap(({ binding }) => binding.subjects));
  return through.length === 0 ? names : `${names} (through ClusterRole ${through.join(", ")})`;
}
