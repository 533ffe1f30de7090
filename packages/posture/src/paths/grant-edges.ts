/** Edges that RBAC makes: who holds which role, and what the rights of a role lead to. */
import type { KubeObject } from "@redoubt/kube";
import type { PolicyStops } from "./policy-stops.ts";
import {
  type AccessIndex,
  type BindingView,
  PRIVILEGED_GROUP,
  type RoleView,
  type SubjectKey,
  isBuiltInGrant,
  subjectKey,
} from "@redoubt/rbac";
import type { GraphBuilder, Proof, Remedy, RuleTarget } from "./attack-graph.ts";
import type { EdgeKind } from "./edge-kinds.ts";
import type { Places } from "./places.ts";
import { CLUSTER_ADMIN, type Power, powerNode, roleNode, secretNode, workloadNode } from "./positions.ts";
import { type GrantedRight, type Right, isClusterScopedRight, isEverything, rightsOf } from "./rights.ts";

/** What an edge source is given. */
export interface EdgeContext {
  readonly builder: GraphBuilder;
  readonly index: AccessIndex;
  readonly places: Places;
  readonly policyStops: PolicyStops;
}

/** A role as bindings of one scope give it: in one namespace, or (with the empty one) in the whole cluster. */
export interface ScopedRole {
  readonly id: string;
  readonly role: RoleView;
  readonly scope: string;
  readonly rights: readonly GrantedRight[];
  /** Indexes of the rules that are everything. */
  readonly everything: readonly number[];
}

/** One right of one scoped role: a premise of a step. */
export interface Premise {
  readonly scoped: ScopedRole;
  readonly granted: Pick<GrantedRight, "rule" | "ruleIndex" | "targets">;
  /** The binding through which the attacker has it, where that is the attacker's own. */
  readonly held?: { readonly binding: BindingView; readonly subject: number };
}

/** Adds every role that somebody holds, with edges from the holders and to what its rights open. */
export function addGrantEdges(
  context: EdgeContext,
  scopedRoles: ScopedRoles,
): ReadonlyMap<SubjectKey, readonly HeldRole[]> {
  const { builder, index } = context;
  const held = new Map<SubjectKey, HeldRole[]>();
  for (const binding of index.bindings) {
    const role = index.roleOf(binding);
    if (role === undefined) continue;
    for (const subject of binding.subjects) {
      const key = subjectKey(subject);
      if (key === undefined) continue;
      const scoped = scopedRoles.get(role, binding.namespace);
      const from = builder.subject(key);
      builder.edge({
        kind: "holds-role",
        from,
        to: scoped.id,
        says: `holds it by ${binding.kind} ${binding.namespace === "" ? "" : `${binding.namespace}/`}${binding.name}`,
        proof: [{ object: binding.object, path: ["subjects", subject.index] }],
        remedies: isBuiltInGrant(binding, subject)
          ? []
          : [{ kind: "unbind", binding: binding.object, subject: subject.index }],
      });
      const roles = held.get(key);
      const entry = { scoped, binding, subject: subject.index };
      if (roles === undefined) held.set(key, [entry]);
      else roles.push(entry);
    }
  }
  const masters = builder.subject(`group:${PRIVILEGED_GROUP}`);
  builder.edge({
    kind: "all-rights",
    from: masters,
    to: builder.node(CLUSTER_ADMIN),
    says: "may do everything: no authorizer is asked",
    proof: [],
    remedies: [],
  });
  return held;
}

export interface HeldRole {
  readonly scoped: ScopedRole;
  readonly binding: BindingView;
  readonly subject: number;
}

export interface ScopedRoles {
  get(role: RoleView, scope: string): ScopedRole;
  /** All that were asked for so far. */
  readonly all: readonly ScopedRole[];
}

/** Makes scoped roles, each once, with the edges that its own rights are enough for. */
export function scopedRolesOf(context: EdgeContext): ScopedRoles {
  const { builder, index } = context;
  const all: ScopedRole[] = [];
  const byRole = new Map<RoleView, Map<string, ScopedRole>>();
  const rights = new Map<RoleView, Pick<ScopedRole, "rights" | "everything">>();
  return {
    all,
    get: (role, scope) => {
      let scopes = byRole.get(role);
      if (scopes === undefined) byRole.set(role, (scopes = new Map()));
      const existing = scopes.get(scope);
      if (existing !== undefined) return existing;
      let granted = rights.get(role);
      if (granted === undefined) {
        const rules = index.rulesOf(role);
        granted = {
          rights: rightsOf(rules),
          everything: rules.flatMap((rule, at) => (isEverything(rule) ? [at] : [])),
        };
        rights.set(role, granted);
      }
      const id = builder.node(roleNode(role.kind, role.namespace, role.name, scope));
      const scoped: ScopedRole = { id, role, scope, ...granted };
      scopes.set(scope, scoped);
      all.push(scoped);
      addRoleEdges(context, scoped);
      return scoped;
    },
  };
}

function addRoleEdges(context: EdgeContext, scoped: ScopedRole): void {
  const { builder, index } = context;
  const { everything, scope, role } = scoped;
  for (const ruleIndex of everything) {
    const rule = index.rulesOf(role)[ruleIndex];
    if (rule === undefined) continue;
    const target = scope === "" ? CLUSTER_ADMIN : powerNode("administer", scope);
    const says = scope === "" ? "allows everything" : `allows everything in namespace ${scope}`;
    const granted = { rule, ruleIndex, targets: [{ group: "*", resource: "*", verbs: ["*"] }] };
    addEdge(context, "all-rights", scoped.id, builder.node(target), says, [{ scoped, granted }]);
  }
  // What else a rule that is everything allows leads to less.
  for (const granted of scoped.rights)
    if (!everything.includes(granted.ruleIndex)) addSingleRight(context, scoped, granted);
}

interface SimpleStep {
  readonly kind: EdgeKind;
  readonly power: Power;
  readonly says: string;
}

/** Rights that are enough by themselves, when no name limits them. */
const SIMPLE: Readonly<Partial<Record<Right, SimpleStep>>> = {
  createWorkloads: { kind: "create-workload", power: "run-pods", says: "creates Pods, or controllers that do" },
  changeWorkloads: { kind: "change-workload", power: "run-pods", says: "changes the Pod template of a controller" },
  changePods: { kind: "change-pod-image", power: "enter-pods", says: "gives a running Pod an image of its own" },
  exec: { kind: "exec", power: "enter-pods", says: "runs commands in a Pod" },
  attach: { kind: "attach", power: "enter-pods", says: "attaches to a container" },
  debug: { kind: "ephemeral-container", power: "enter-pods", says: "adds an ephemeral container to a Pod" },
  kubeletApi: { kind: "kubelet-api", power: "enter-pods", says: "has the kubelet run commands in its Pods" },
  listSecrets: { kind: "list-secrets", power: "read-secrets", says: "lists Secrets with their values" },
  getSecrets: { kind: "get-secret", power: "read-secrets", says: "gets Secrets by name" },
  requestTokens: { kind: "request-token", power: "act-as-accounts", says: "requests a token of a ServiceAccount" },
  impersonateAccounts: { kind: "impersonate-account", power: "act-as-accounts", says: "impersonates a ServiceAccount" },
  impersonateUsers: { kind: "impersonate-user", power: "be-any-user", says: "impersonates a user" },
  writeMutation: { kind: "rewrite-admission", power: "run-pods", says: "rewrites the Pods that others create" },
};

function addSingleRight(context: EdgeContext, scoped: ScopedRole, granted: GrantedRight): void {
  const { right, names } = granted;
  if (scoped.scope !== "" && isClusterScopedRight(right)) return;
  const { builder, places } = context;
  const step = SIMPLE[right];
  const premises = [{ scoped, granted }];
  if (right === "changeConfigMaps") {
    addCloudRole(context, scoped, granted);
    return;
  }
  if (step === undefined) return;
  if (names.length === 0 || NAME_IS_NO_LIMIT.has(right)) {
    addEdge(context, step.kind, scoped.id, builder.node(powerNode(step.power, scoped.scope)), step.says, premises);
    return;
  }
  for (const name of names) {
    for (const target of namedTargets(places, builder, right, scoped.scope, name))
      addEdge(context, step.kind, scoped.id, target, `${step.says}, only ${name}`, premises);
  }
}

/** One object of a kind is as good as any other: a Pod with that name, a webhook that sees every Pod. */
const NAME_IS_NO_LIMIT: ReadonlySet<Right> = new Set<Right>(["createWorkloads", "changeWorkloads", "writeMutation"]);

const ACCOUNT_NAME = /^system:serviceaccount:[^:]+:[^:]+$/;

/** What a right leads to that is limited to one name, among what is known. */
function namedTargets(
  places: Places,
  builder: GraphBuilder,
  right: Right,
  scope: string,
  name: string,
): readonly string[] {
  const namespaces = scope === "" ? places.namespaces : [scope];
  switch (right) {
    case "changePods":
    case "exec":
    case "attach":
    case "debug":
      return places.workloadsOfPod(scope, name).map((object) => builder.node(workloadNode(object)));
    case "getSecrets":
    case "listSecrets": {
      const known = scope === "" ? places.secrets : places.secretsIn(scope);
      const found = known.filter((secret) => secret.name === name);
      // Files seldom hold the Secrets that their roles name.
      if (found.length === 0 && scope !== "" && places.source === "files")
        return [builder.node(secretNode(scope, name))];
      return found.map((secret) => builder.node(secretNode(secret.namespace, secret.name)));
    }
    case "kubeletApi":
      return places.workloadsOn(name).map(({ object }) => builder.node(workloadNode(object)));
    case "requestTokens":
    case "impersonateAccounts":
      return [...namespaces]
        .flatMap((namespace) => places.accountNamed(namespace, name) ?? [])
        .map((key) => builder.subject(key));
    case "impersonateUsers":
      // The name of a ServiceAccount is asked about as a ServiceAccount, not as a user.
      return ACCOUNT_NAME.test(name) ? [] : [builder.subject(`user:${name}`)];
    default:
      return [];
  }
}

/** On EKS, ConfigMap kube-system/aws-auth says which cloud roles are in system:masters. */
function addCloudRole(context: EdgeContext, scoped: ScopedRole, granted: GrantedRight): void {
  const { builder, places } = context;
  const map = places.awsAuth;
  if (map === undefined || !["", "kube-system"].includes(scoped.scope)) return;
  if (granted.names.length > 0 && !granted.names.includes(map.name)) return;
  addEdge(
    context,
    "map-cloud-role",
    scoped.id,
    builder.node(CLUSTER_ADMIN),
    "maps a cloud role of its own to system:masters",
    [{ scoped, granted }],
    [{ object: map, path: ["data"] }],
  );
}

/** One edge with what its premises prove and what takes any of them away. */
export function addEdge(
  context: EdgeContext,
  kind: EdgeKind,
  from: string,
  to: string,
  says: string,
  premises: readonly Premise[],
  more: readonly Proof[] = [],
): void {
  const proof = premises.flatMap((premise) => premiseProof(context.index, premise));
  const remedies = premises.flatMap((premise) => premiseRemedies(context.index, premise));
  context.builder.edge({ kind, from, to, says, proof: [...proof, ...more], remedies });
}

function premiseProof(index: AccessIndex, { scoped, granted, held }: Premise): readonly Proof[] {
  const source = index.sourceOf(granted.rule) ?? { role: scoped.role, index: granted.ruleIndex };
  const rule: Proof = { object: source.role.object, path: ["rules", source.index] };
  return held === undefined ? [rule] : [{ object: held.binding.object, path: ["subjects", held.subject] }, rule];
}

function premiseRemedies(index: AccessIndex, { scoped, granted, held }: Premise): readonly Remedy[] {
  const source = index.sourceOf(granted.rule) ?? { role: scoped.role, index: granted.ruleIndex };
  const remedies: Remedy[] = [];
  if (!source.role.bootstrap) remedies.push(narrowRule(source.role.object, source.index, granted.targets));
  const subject = held?.binding.subjects[held.subject];
  if (held !== undefined && subject !== undefined && !isBuiltInGrant(held.binding, subject))
    remedies.push({ kind: "unbind", binding: held.binding.object, subject: held.subject });
  return remedies;
}

function narrowRule(role: KubeObject<object>, rule: number, targets: readonly RuleTarget[]): Remedy {
  return { kind: "narrow-rule", role, rule, targets };
}
