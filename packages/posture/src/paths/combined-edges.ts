/** Steps that need several rights at once, held in one role or gathered from all roles that an identity has. */
import { type SubjectKey, identityOf, subjectKeysOf } from "@redoubt/rbac";
import {
  type EdgeContext,
  type HeldRole,
  type Premise,
  type ScopedRole,
  type ScopedRoles,
  addEdge,
} from "./grant-edges.ts";
import type { EdgeKind } from "./edge-kinds.ts";
import { ANY_NODE, CLUSTER_ADMIN, powerNode } from "./positions.ts";
import { type GrantedRight, type Right, isClusterScopedRight } from "./rights.ts";

/** Who has the rights: the id that edges start at, and the roles. */
interface Holder {
  readonly id: string;
  readonly roles: readonly { readonly scoped: ScopedRole; readonly held?: Premise["held"] }[];
  /** One role by itself: what several roles have together is somebody else's step. */
  readonly alone: boolean;
}

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
    const step = stepAdder(context, holder, scope);
    if (scope === "") addClusterSteps(context, scopedRoles, holder, step);
    addNamespaceSteps(context, scopedRoles, holder, scope, step);
  }
}

interface Step {
  /** Every way to have one of some rights; a cut must take each of them away. */
  readonly find: (rights: readonly Right[], accepts?: (names: readonly string[]) => boolean) => readonly Found[];
  /** Adds an edge for each choice of one way from each list: none when a list is empty. */
  readonly add: (kind: EdgeKind, to: string, says: string, ways: readonly (readonly Found[])[]) => void;
}

interface Found {
  readonly premise: Premise;
  readonly granted: GrantedRight;
}

const UNNAMED = (names: readonly string[]): boolean => names.length === 0;

/** More ways than these to take one step are not told apart. */
const MOST_CHOICES = 64;

function stepAdder(context: EdgeContext, holder: Holder, scope: string): Step {
  return {
    find: (rights, accepts = UNNAMED) =>
      holder.roles.flatMap(({ scoped, held }) => {
        if (scoped.scope !== "" && scoped.scope !== scope) return [];
        return scoped.rights
          .filter(
            ({ right, names, ruleIndex }) =>
              // A rule that is everything needs no second one.
              !scoped.everything.includes(ruleIndex) &&
              rights.includes(right) &&
              accepts(names) &&
              (scoped.scope === "" || !isClusterScopedRight(right)),
          )
          .map((granted) => ({ granted, premise: { scoped, granted, ...(held === undefined ? {} : { held }) } }));
      }),
    add: (kind, to, says, ways) => {
      for (const choice of choices(ways)) {
        const roles = new Set(choice.map(({ premise }) => premise.scoped));
        if (!holder.alone && roles.size < 2) continue;
        // What holds in the whole cluster was said there.
        if (scope !== "" && [...roles].every((role) => role.scope === "")) continue;
        addEdge(
          context,
          kind,
          holder.id,
          to,
          says,
          choice.map(({ premise }) => premise),
        );
      }
    },
  };
}

function choices(ways: readonly (readonly Found[])[]): readonly (readonly Found[])[] {
  let made: readonly (readonly Found[])[] = [[]];
  for (const way of ways)
    made = made.flatMap((choice) => way.map((found) => [...choice, found])).slice(0, MOST_CHOICES);
  return made;
}

const CLIENT_SIGNERS: ReadonlySet<string> = new Set(["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"]);
const SUBJECT_RIGHTS: readonly Right[] = ["impersonateUsers", "impersonateAccounts"];
const RUN: readonly Right[] = ["createWorkloads", "changeWorkloads"];
const ANY_NAMES = (): boolean => true;

function addClusterSteps(context: EdgeContext, scopedRoles: ScopedRoles, holder: Holder, { find, add }: Step): void {
  const { builder, index } = context;
  const admin = CLUSTER_ADMIN;
  const bindings = find(["writeClusterRoleBindings"]);
  if (bindings.length > 0) {
    add("bind-role", builder.node(admin), "binds cluster-admin to itself", [bindings, find(["bindClusterRoles"])]);
    for (const some of find(["bindClusterRoles"], isNamed)) {
      for (const name of some.granted.names) {
        const role = index.roleNamed("ClusterRole", "", name);
        if (role !== undefined)
          add("bind-role", scopedRoles.get(role, "").id, `binds ClusterRole ${name} to itself`, [bindings, [some]]);
      }
    }
  }
  const own = new Set(
    holder.roles
      .filter(({ scoped }) => scoped.scope === "" && scoped.role.kind === "ClusterRole")
      .map(({ scoped }) => scoped.role.name),
  );
  const ofOwn = (names: readonly string[]): boolean => names.length === 0 || names.some((name) => own.has(name));
  const change = find(["changeClusterRoles"], ofOwn);
  if (change.length > 0)
    add("escalate-role", builder.node(admin), "adds every right to a ClusterRole that it holds", [
      change,
      find(["escalateClusterRoles"], ofOwn),
    ]);
  const certificate = [
    find(["requestCertificates"]),
    find(["approveCertificates"]),
    find(["approveSigner"], (names) => names.length === 0 || names.some((name) => CLIENT_SIGNERS.has(name))),
  ];
  if (certificate.every((ways) => ways.length > 0)) {
    for (const power of ["be-any-user", "be-any-group"] as const)
      add(
        "client-certificate",
        builder.node(powerNode(power, "")),
        "requests and approves a client certificate",
        certificate,
      );
  }
  const someone = find(SUBJECT_RIGHTS, ANY_NAMES);
  if (someone.length === 0) return;
  for (const group of find(["impersonateGroups"], ANY_NAMES)) {
    const to = (id: string, which: string): void =>
      add("impersonate-group", id, `impersonates ${which}`, [[group], someone]);
    for (const name of group.granted.names) to(builder.subject(`group:${name}`), `group ${name}`);
    if (group.granted.names.length > 0) continue;
    to(builder.node(powerNode("be-any-group", "")), "a group");
    to(builder.subject("group:system:masters"), "group system:masters");
  }
}

const isNamed = (names: readonly string[]): boolean => names.length > 0;

function addNamespaceSteps(
  context: EdgeContext,
  scopedRoles: ScopedRoles,
  holder: Holder,
  scope: string,
  step: Step,
): void {
  const { builder } = context;
  const { find, add } = step;
  addBindingSteps(context, scopedRoles, scope, step);
  addRoleChanges(context, holder, scope, step);
  const secrets = find(["createSecrets"]);
  if (secrets.length > 0)
    add(
      "token-secret",
      builder.node(powerNode("act-as-accounts", scope)),
      "creates a Secret that is filled with a token, and reads it",
      [secrets, find(["listSecrets", "getSecrets"])],
    );
  const run = find(RUN);
  if (run.length === 0) return;
  const which = scope === "" ? "a Namespace" : `Namespace ${scope}`;
  add(
    "relabel-namespace",
    builder.node(ANY_NODE),
    `takes the Pod Security level off ${which} and runs a privileged Pod`,
    [find(["changeNamespaces"], (names) => names.length === 0 || names.includes(scope)), run],
  );
  add("host-path-volume", builder.node(ANY_NODE), "creates a hostPath PersistentVolume and claims it in a Pod", [
    find(["createVolumes"]),
    find(["createClaims"]),
    run,
  ]);
}

/** Whoever may change a Role that they hold, and escalate it, may do everything in its namespace. */
function addRoleChanges({ builder }: EdgeContext, holder: Holder, scope: string, { find, add }: Step): void {
  for (const { scoped } of holder.roles) {
    if (scoped.role.kind !== "Role" || (scope !== "" && scoped.scope !== scope)) continue;
    const ofThis = (names: readonly string[]): boolean => names.length === 0 || names.includes(scoped.role.name);
    const change = find(["changeRoles"], ofThis);
    if (change.length === 0) continue;
    add(
      "escalate-role",
      builder.node(powerNode("administer", scoped.scope)),
      `adds every right to Role ${scoped.role.name}, which it holds`,
      [change, find(["escalateRoles"], ofThis)],
    );
  }
}

function addBindingSteps(context: EdgeContext, scopedRoles: ScopedRoles, scope: string, { find, add }: Step): void {
  const { builder, index } = context;
  const bindings = find(["writeRoleBindings"]);
  if (bindings.length === 0) return;
  const where = scope === "" ? "any namespace" : `namespace ${scope}`;
  add("bind-role", builder.node(powerNode("administer", scope)), `binds cluster-admin to itself in ${where}`, [
    bindings,
    find(["bindClusterRoles"]),
  ]);
  // Which namespaces it is worth binding a lesser role in is not told apart where all are open.
  if (scope === "") return;
  for (const some of find(["bindClusterRoles"], isNamed)) {
    for (const name of some.granted.names) {
      const role = index.roleNamed("ClusterRole", "", name);
      if (role !== undefined)
        add("bind-role", scopedRoles.get(role, scope).id, `binds ClusterRole ${name} to itself`, [bindings, [some]]);
    }
  }
  for (const some of find(["bindRoles"], ANY_NAMES)) {
    const { names } = some.granted;
    for (const role of index.roles) {
      if (role.kind !== "Role" || role.namespace !== scope || (names.length > 0 && !names.includes(role.name)))
        continue;
      add("bind-role", scopedRoles.get(role, scope).id, `binds Role ${role.name} to itself`, [bindings, [some]]);
    }
  }
}
