/**
 * Steps to more rights by writing RBAC objects, as `k8s.io/kubernetes/pkg/registry/rbac` checks them. A new binding needs the verb
 * `bind` on its role, in the namespace of the binding; so does a new subject in one that exists, whose role cannot be changed.
 * More rules in a role need `escalate` on it. (Whoever has the rights already needs neither, and gains nothing.)
 */
import type { BindingView, RoleView } from "@redoubt/rbac";
import type { EdgeContext, ScopedRoles } from "./grant-edges.ts";
import { CLUSTER_ADMIN, powerNode } from "./positions.ts";
import { type Found, type Holder, type Step, isFor, meet, namesIn, unlimited } from "./several-rights.ts";

export function addClusterRoleChanges(
  context: EdgeContext,
  scopedRoles: ScopedRoles,
  holder: Holder,
  { find, add }: Step,
): void {
  const { builder } = context;
  const admin = CLUSTER_ADMIN;
  const creates = find(["createClusterRoleBindings"]);
  const changes = find(["changeClusterRoleBindings"]);
  const binds = find(["bindClusterRoles"]);
  if (creates.length + changes.length > 0 && binds.length > 0) {
    const any = unlimited(binds);
    add("bind-role", () => builder.node(admin), "binds cluster-admin to itself", [creates, any]);
    // Every API server has a binding of cluster-admin, and makes it again when it is deleted.
    add("bind-role", () => builder.node(admin), "adds itself to a binding of cluster-admin", [unlimited(changes), any]);
    for (const role of namedRoles(context, binds, "ClusterRole", ""))
      add(
        "bind-role",
        () => scopedRoles.get(role, "").id,
        `binds ClusterRole ${role.name} to itself`,
        [creates, binds.filter((some) => isFor(some, role.name))],
        ([, bind]) => bind === undefined || bind.granted.names.length > 0,
      );
    addExistingBindings(context, scopedRoles, "ClusterRoleBinding", { changes, binds }, "", add);
  }
  const change = find(["changeClusterRoles"]);
  const escalate = find(["escalateClusterRoles"]);
  if (change.length === 0 || escalate.length === 0) return;
  const own = new Set(
    holder.roles
      .filter(({ scoped }) => scoped.scope === "" && scoped.role.kind === "ClusterRole")
      .map(({ scoped }) => scoped.role.name),
  );
  add(
    "escalate-role",
    () => builder.node(admin),
    "adds every right to a ClusterRole that it holds",
    [change, escalate],
    (choice) => meet(choice, own),
  );
  add(
    "escalate-role",
    () => builder.node(admin),
    "adds every right to a ClusterRole that it may bind, and binds it to itself",
    [change, escalate, binds.filter(({ granted }) => granted.names.length > 0), creates],
    (choice) => meet(choice.slice(0, 3)),
  );
}

export function addNamespacedRoleChanges(
  context: EdgeContext,
  scopedRoles: ScopedRoles,
  holder: Holder,
  scope: string,
  step: Step,
): void {
  addOwnRoleChanges(context, holder, scope, step);
  const { find, add } = step;
  const creates = find(["createRoleBindings"]);
  const changes = find(["changeRoleBindings"]);
  if (creates.length + changes.length === 0) return;
  const bindsCluster = find(["bindClusterRoles"]);
  const binds = find(["bindRoles"]);
  if (bindsCluster.length + binds.length === 0) return;
  const where = scope === "" ? "any namespace" : `namespace ${scope}`;
  add(
    "bind-role",
    () => context.builder.node(powerNode("administer", scope)),
    `binds cluster-admin to itself in ${where}`,
    [creates, unlimited(bindsCluster)],
  );
  const bindable = (role: RoleView, namespace: string, ways: readonly Found[]): void =>
    add(
      "bind-role",
      () => scopedRoles.get(role, namespace).id,
      `binds ${role.kind} ${role.name} to itself in namespace ${namespace}`,
      [creates, ways.filter((some) => isFor(some, role.name))],
    );
  if (creates.length > 0) {
    const named = bindsCluster.filter(({ granted }) => granted.names.length > 0);
    for (const role of namedRoles(context, named, "ClusterRole", ""))
      for (const namespace of scope === "" ? context.places.namespaces : [scope]) bindable(role, namespace, named);
    if (binds.length > 0)
      for (const role of context.index.roles)
        if (role.kind === "Role" && (scope === "" || role.namespace === scope)) bindable(role, role.namespace, binds);
  }
  addExistingBindings(context, scopedRoles, "RoleBinding", { changes, binds: [...bindsCluster, ...binds] }, scope, add);
}

/** Whoever may change a Role that they hold, and escalate it, may do everything in its namespace. */
function addOwnRoleChanges({ builder }: EdgeContext, holder: Holder, scope: string, { find, add }: Step): void {
  const change = find(["changeRoles"]);
  const escalate = find(["escalateRoles"]);
  if (change.length === 0 || escalate.length === 0) return;
  for (const { scoped } of holder.roles) {
    if (scoped.role.kind !== "Role" || (scope !== "" && scoped.scope !== scope)) continue;
    const { name } = scoped.role;
    const ways = [change, escalate].map((found) => found.filter((some) => isFor(some, name)));
    add(
      "escalate-role",
      () => builder.node(powerNode("administer", scoped.scope)),
      `adds every right to Role ${name}, which it holds`,
      ways,
    );
  }
}

/** The roles that ways to have a right are limited to, those that exist. */
function namedRoles(
  { index }: EdgeContext,
  found: readonly Found[],
  kind: RoleView["kind"],
  namespace: string,
): readonly RoleView[] {
  return [...namesIn(found)].flatMap((name) => index.roleNamed(kind, namespace, name) ?? []);
}

/** A binding that exists gives its role to whoever may add a subject to it and bind that role. */
function addExistingBindings(
  context: EdgeContext,
  scopedRoles: ScopedRoles,
  kind: BindingView["kind"],
  { changes, binds }: { readonly changes: readonly Found[]; readonly binds: readonly Found[] },
  scope: string,
  add: Step["add"],
): void {
  if (changes.length === 0 || binds.length === 0) return;
  for (const binding of context.index.bindings) {
    if (binding.kind !== kind || (scope !== "" && binding.namespace !== scope)) continue;
    const role = context.index.roleOf(binding);
    if (role === undefined) continue;
    const right = role.kind === "Role" ? "bindRoles" : "bindClusterRoles";
    const ways = [
      changes.filter((some) => isFor(some, binding.name)),
      binds.filter((some) => some.granted.right === right && isFor(some, role.name)),
    ];
    // Who may change and bind all of them was said to get cluster-admin.
    const fits = (choice: readonly Found[]): boolean =>
      kind === "RoleBinding" || choice.length < 2 || unlimited(choice).length < 2;
    if (ways.every((way) => way.length > 0))
      add(
        "bind-role",
        () => scopedRoles.get(role, binding.namespace).id,
        `adds itself to ${kind} ${binding.name}, which gives ${role.kind} ${role.name}`,
        ways,
        fits,
      );
  }
}
