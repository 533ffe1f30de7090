import {
  type ClusterSnapshot,
  type KubeObject,
  type PolicyRule,
  type RoleRef,
  type Subject,
  describeResource,
} from "@redoubt/kube";

/** Someone who may `use` a policy: everywhere, or in one namespace. */
export interface PolicyGrant {
  /** `ServiceAccount shop/web`, `Group devs`, `User anna`. */
  readonly subject: string;
  /** Undefined: in every namespace. */
  readonly namespace: string | undefined;
  /** The binding that says so. */
  readonly through: string;
}

interface Grant extends PolicyGrant {
  readonly rules: readonly PolicyRule[];
  readonly matches: (serviceAccount: { readonly namespace: string; readonly name: string }) => boolean;
}

/**
 * Who may use which PodSecurityPolicy, from the Roles and bindings of a snapshot. A policy covered a pod when the pod's
 * service account, or whoever created the pod, could `use` the policy in the pod's namespace.
 */
export class PolicyUsers {
  readonly #grants: readonly Grant[];

  constructor(snapshot: ClusterSnapshot) {
    const roles = new Map<string, readonly PolicyRule[]>();
    for (const role of snapshot.list("rbac.authorization.k8s.io/Role")) {
      roles.set(`Role ${role.namespace}/${role.name}`, role.value.rules ?? []);
    }
    for (const role of snapshot.list("rbac.authorization.k8s.io/ClusterRole")) {
      roles.set(`ClusterRole ${role.name}`, role.value.rules ?? []);
    }
    const rulesOf = ({ kind = "", name = "" }: RoleRef, namespace: string): readonly PolicyRule[] =>
      roles.get(kind === "Role" ? `Role ${namespace}/${name}` : `ClusterRole ${name}`) ?? [];
    this.#grants = [
      ...snapshot
        .list("rbac.authorization.k8s.io/RoleBinding")
        .flatMap((binding) =>
          grantsOf(
            binding,
            binding.value.subjects ?? [],
            rulesOf(binding.value.roleRef ?? {}, binding.namespace),
            binding.namespace,
          ),
        ),
      ...snapshot
        .list("rbac.authorization.k8s.io/ClusterRoleBinding")
        .flatMap((binding) =>
          grantsOf(binding, binding.value.subjects ?? [], rulesOf(binding.value.roleRef ?? {}, ""), undefined),
        ),
    ];
  }

  /** Everyone who may use the policy, users and groups included. */
  grants(policy: string): PolicyGrant[] {
    return this.#grants
      .filter(({ rules }) => rules.some((rule) => permitsUse(rule, policy)))
      .map(({ subject, namespace, through }) => ({ subject, namespace, through }));
  }

  /** Whether pods of a namespace that run as this service account may use the policy. */
  mayUse(serviceAccount: { readonly namespace: string; readonly name: string }, policy: string): boolean {
    return this.#grants.some(
      ({ rules, namespace, matches }) =>
        (namespace === undefined || namespace === serviceAccount.namespace) &&
        matches(serviceAccount) &&
        rules.some((rule) => permitsUse(rule, policy)),
    );
  }
}

function includesAny(list: readonly string[], ...wanted: string[]): boolean {
  return ["*", ...wanted].some((item) => list.includes(item));
}

function permitsUse(
  { verbs = [], apiGroups = [], resources = [], resourceNames = [] }: PolicyRule,
  policy: string,
): boolean {
  return (
    includesAny(verbs, "use") &&
    includesAny(apiGroups, "policy", "extensions") &&
    includesAny(resources, "podsecuritypolicies") &&
    (resourceNames.length === 0 || resourceNames.includes(policy))
  );
}

function grantsOf(
  binding: KubeObject<object>,
  subjects: readonly Subject[],
  rules: readonly PolicyRule[],
  namespace: string | undefined,
): Grant[] {
  const through = describeResource(binding);
  return subjects.map(({ kind = "", name = "", namespace: given }) => {
    const home = given ?? namespace ?? "";
    const subject = kind === "ServiceAccount" ? `ServiceAccount ${home}/${name}` : `${kind} ${name}`;
    return { subject, namespace, through, rules, matches: matcherOf(kind, name, home) };
  });
}

/** What of a subject a service account is: itself, its user name, or the groups that every service account is in. */
function matcherOf(kind: string, name: string, home: string): Grant["matches"] {
  switch (kind) {
    case "ServiceAccount":
      return (account) => account.name === name && account.namespace === home;
    case "User":
      return (account) => name === `system:serviceaccount:${account.namespace}:${account.name}`;
    case "Group":
      return (account) =>
        ["system:authenticated", "system:serviceaccounts", `system:serviceaccounts:${account.namespace}`].includes(
          name,
        );
    default:
      return () => false;
  }
}
