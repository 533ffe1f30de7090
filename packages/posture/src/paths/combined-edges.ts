/** Steps that need several rights at once, held in one role or gathered from all roles that an identity has. */
import { type SubjectKey, identityOf, subjectKeysOf } from "@redoubt/rbac";
import type { EdgeContext, HeldRole, ScopedRoles } from "./grant-edges.ts";
import { ANY_NODE, powerNode } from "./positions.ts";
import type { Right } from "./rights.ts";
import { addClusterRoleChanges, addNamespacedRoleChanges } from "./role-change-edges.ts";
import { type Holder, type Step, isFor, meet, stepOf } from "./several-rights.ts";

/** Adds the steps that each role is enough for, then those that only several roles of an identity are. */
export function addCombinedEdges(
  context: EdgeContext,
  scopedRoles: ScopedRoles,
  held: ReadonlyMap<SubjectKey, readonly HeldRole[]>,
): void {
  // Roles that a step binds join the list while it is gone through, and may allow a step themselves.
  for (const scoped of scopedRoles.all)
    addSteps(context, scopedRoles, { id: scoped.id, roles: [{ scoped }], alone: true });
  for (const [key, own] of held) {
    const inherited = subjectKeysOf(identityOf(key))
      .filter((group) => group !== key)
      .flatMap((group) => held.get(group) ?? []);
    const roles = [...own, ...inherited].filter(({ scoped }) => scoped.rights.length > 0);
    if (roles.length < 2) continue;
    addSteps(context, scopedRoles, {
      id: key,
      roles: roles.map(({ scoped, binding, subject }) => ({ scoped, held: { binding, subject } })),
      alone: false,
    });
  }
}

function addSteps(context: EdgeContext, scopedRoles: ScopedRoles, holder: Holder): void {
  const scopes = new Set(holder.roles.map(({ scoped }) => scoped.scope));
  for (const scope of new Set(["", ...scopes])) {
    const step = stepOf(context, holder, scope);
    if (scope === "") {
      addClusterRoleChanges(context, scopedRoles, holder, step);
      addClusterSteps(context, step);
    }
    addNamespacedRoleChanges(context, scopedRoles, holder, scope, step);
    addNamespaceSteps(context, scope, step);
  }
}

const CLIENT_SIGNERS: ReadonlySet<string> = new Set(["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"]);
const SUBJECT_RIGHTS: readonly Right[] = ["impersonateUsers", "impersonateAccounts"];
const RUN: readonly Right[] = ["createWorkloads", "changeWorkloads"];

function addClusterSteps({ builder }: EdgeContext, { find, add }: Step): void {
  const certificate = [
    find(["requestCertificates"]),
    find(["approveCertificates"]),
    find(["approveSigner"]).filter(
      ({ granted: { names } }) => names.length === 0 || names.some((name) => CLIENT_SIGNERS.has(name)),
    ),
  ];
  if (certificate.every((ways) => ways.length > 0)) {
    for (const power of ["be-any-user", "be-any-group"] as const)
      add(
        "client-certificate",
        () => builder.node(powerNode(power, "")),
        "requests and approves a client certificate",
        certificate,
        (choice) => meet(choice.slice(0, 2)),
      );
  }
  add(
    "rewrite-admission",
    () => builder.node(powerNode("run-pods", "")),
    "rewrites the Pods that others create, by a policy",
    [find(["writeMutationPolicies"]), find(["bindMutationPolicies"])],
  );
  const someone = find(SUBJECT_RIGHTS);
  if (someone.length === 0) return;
  for (const group of find(["impersonateGroups"])) {
    const to = (id: () => string, which: string): void =>
      add("impersonate-group", id, `impersonates ${which}`, [[group], someone]);
    for (const name of group.granted.names) to(() => builder.subject(`group:${name}`), `group ${name}`);
    if (group.granted.names.length > 0) continue;
    to(() => builder.node(powerNode("be-any-group", "")), "a group");
    to(() => builder.subject("group:system:masters"), "group system:masters");
  }
}

function addNamespaceSteps({ builder }: EdgeContext, scope: string, { find, add }: Step): void {
  const secrets = find(["createSecrets"]);
  if (secrets.length > 0)
    add(
      "token-secret",
      () => builder.node(powerNode("act-as-accounts", scope)),
      "creates a Secret that is filled with a token, and reads it",
      [secrets, find(["listSecrets", "getSecrets"])],
      (choice) => meet(choice),
    );
  const run = find(RUN);
  if (run.length === 0) return;
  const which = scope === "" ? "a Namespace" : `Namespace ${scope}`;
  add(
    "relabel-namespace",
    () => builder.node(ANY_NODE),
    `takes the Pod Security level off ${which} and runs a privileged Pod`,
    [find(["changeNamespaces"]).filter((some) => isFor(some, scope)), run],
  );
  add("host-path-volume", () => builder.node(ANY_NODE), "creates a hostPath PersistentVolume and claims it in a Pod", [
    find(["createVolumes"]),
    find(["createClaims"]),
    run,
  ]);
}
