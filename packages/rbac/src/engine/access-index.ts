import { type ClusterSnapshot, type PolicyRule, snapshotModel } from "@redoubt/kube";
import {
  type AccessModel,
  type BindingView,
  type RoleView,
  type SubjectView,
  accessModel,
  referredKey,
  roleKey,
} from "../model/access.ts";
import { builtInPolicy } from "../model/built-in-policy.ts";
import { type SubjectKey, subjectKey } from "../model/identity.ts";
import { effectiveRules } from "./aggregation.ts";

/** One binding as one subject holds it. */
export interface HeldBinding {
  readonly binding: BindingView;
  readonly subject: SubjectView;
}

/** A rule's place: `rules[index]` of a role. */
export interface RuleSource {
  readonly role: RoleView;
  readonly index: number;
}

/** Roles and bindings laid out for questions. Reading it costs what the answer is long, not what the cluster is large. */
export interface AccessIndex {
  /** What was given, without what is built in. */
  readonly model: AccessModel;
  /** Every role that counts: those given, and built-in ones that files leave out. */
  readonly roles: readonly RoleView[];
  readonly bindings: readonly BindingView[];
  /** Every subject of a binding, in order of its key. */
  readonly subjects: readonly SubjectKey[];
  /** The role that a binding refers to; undefined when it does not exist. */
  roleOf(binding: BindingView): RoleView | undefined;
  roleNamed(kind: string, namespace: string, name: string): RoleView | undefined;
  /** A role's rules after aggregation. */
  rulesOf(role: RoleView): readonly PolicyRule[];
  /** Where one of `rulesOf`'s rules is written: in the role itself, or in one that it aggregates. */
  sourceOf(rule: PolicyRule): RuleSource | undefined;
  /** The bindings that name a subject in a namespace, or in the whole cluster when `namespace` is empty. */
  grantsOf(subject: SubjectKey, namespace: string): readonly HeldBinding[];
  /** The namespaces in which RoleBindings name a subject. */
  namespacesOf(subject: SubjectKey): Iterable<string>;
  /** The bindings that refer to a role. */
  bindingsOf(role: RoleView): readonly BindingView[];
}

/**
 * The index of a snapshot, kept as long as the snapshot is. Files seldom hold what every API server creates for itself
 * (`cluster-admin`, `edit`, the controllers' bindings): what is missing is taken from Kubernetes' built-in policy, and
 * aggregated roles get the rules that the controller would give them. A cluster is as it was read: the authorizer looks at
 * stored rules.
 */
export const accessIndex: (snapshot: ClusterSnapshot) => AccessIndex = snapshotModel((snapshot) =>
  indexAccess(accessModel(snapshot), snapshot.source),
);

/** Lays out a model that was read from files or from a cluster. */
export function indexAccess(model: AccessModel, source: ClusterSnapshot["source"]): AccessIndex {
  const full = source === "cluster" ? model : completed(model);
  const { roles, bindings } = full;
  const rules = new Map<RoleView, readonly PolicyRule[]>();
  const grants = new Map<SubjectKey, Map<string, HeldBinding[]>>();
  for (const binding of bindings) {
    for (const subject of binding.subjects) {
      const key = subjectKey(subject);
      if (key === undefined) continue;
      let scopes = grants.get(key);
      if (scopes === undefined) grants.set(key, (scopes = new Map()));
      const held = scopes.get(binding.namespace);
      if (held === undefined) scopes.set(binding.namespace, [{ binding, subject }]);
      else held.push({ binding, subject });
    }
  }
  const rolesOfBindings = new Map<BindingView, RoleView>();
  for (const [key, alike] of full.bindingsByRole) {
    const role = full.roleByKey.get(key);
    if (role !== undefined) for (const binding of alike) rolesOfBindings.set(binding, role);
  }
  let sources: Map<PolicyRule, RuleSource> | undefined;
  return {
    model,
    roles,
    bindings,
    sourceOf: (rule) => {
      sources ??= new Map(roles.flatMap((role) => role.rules.map((each, at) => [each, { role, index: at }] as const)));
      return sources.get(rule);
    },
    subjects: [...grants.keys()].sort(),
    roleOf: (binding) => rolesOfBindings.get(binding),
    roleNamed: (kind, namespace, name) => full.roleByKey.get(roleKey(kind, namespace, name)),
    rulesOf: (role) => {
      let known = rules.get(role);
      if (known === undefined)
        rules.set(role, (known = source === "cluster" ? role.rules : effectiveRules(full, role)));
      return known;
    },
    grantsOf: (subject, namespace) => grants.get(subject)?.get(namespace) ?? [],
    namespacesOf: (subject) => [...(grants.get(subject)?.keys() ?? [])].filter((namespace) => namespace !== ""),
    bindingsOf: (role) => full.bindingsByRole.get(roleKey(role.kind, role.namespace, role.name)) ?? [],
  };
}

/** With the roles and bindings that every API server creates and that are missing. */
function completed(model: AccessModel): AccessModel {
  const added = missingDefaults(model);
  const roles = [...model.roles, ...added.roles];
  const bindings = [...model.bindings, ...added.bindings];
  return {
    roles,
    aggregates: roles.filter((role) => role.aggregationRule !== undefined),
    bindings,
    roleByKey: new Map(roles.map((role) => [roleKey(role.kind, role.namespace, role.name), role])),
    bindingsByRole: Map.groupBy(bindings, referredKey),
  };
}

function missingDefaults(model: AccessModel): {
  readonly roles: readonly RoleView[];
  readonly bindings: readonly BindingView[];
} {
  const bindings = new Set(model.bindings.map(bindingKey));
  const { roles, bindings: defaults } = builtInPolicy();
  return {
    roles: roles.filter((role) => !model.roleByKey.has(roleKey(role.kind, role.namespace, role.name))),
    bindings: defaults.filter((binding) => !bindings.has(bindingKey(binding))),
  };
}

function bindingKey({ kind, namespace, name }: BindingView): string {
  return `${kind}/${namespace}/${name}`;
}
