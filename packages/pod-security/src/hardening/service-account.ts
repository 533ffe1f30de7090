import {
  type ClusterSnapshot,
  type KubeObject,
  type ServiceAccount,
  type Workload,
  describeResource,
  effectiveServiceAccountName,
  mountsServiceAccountToken,
  snapshotModel,
} from "@redoubt/kube";

/** What a snapshot knows about ServiceAccounts: the objects, and who of them is bound to a role. */
interface AccountIndex {
  readonly accounts: ReadonlyMap<string, KubeObject<ServiceAccount>>;
  /** Name to the namespaces that have an account of that name. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
  /** Account to the binding that names it first. */
  readonly bindings: ReadonlyMap<string, string>;
}

const indexOf = snapshotModel((snapshot): AccountIndex => {
  const accounts = new Map<string, KubeObject<ServiceAccount>>();
  const namespaces = new Map<string, string[]>();
  for (const account of snapshot.list("ServiceAccount")) {
    accounts.set(accountKey(account.namespace, account.name), account);
    const others = namespaces.get(account.name);
    if (others === undefined) namespaces.set(account.name, [account.namespace]);
    else others.push(account.namespace);
  }
  const bindings = new Map<string, string>();
  for (const binding of [
    ...snapshot.list("rbac.authorization.k8s.io/RoleBinding"),
    ...snapshot.list("rbac.authorization.k8s.io/ClusterRoleBinding"),
  ]) {
    for (const subject of binding.value.subjects ?? []) {
      const key = subjectKey(subject, binding.namespace);
      if (key !== undefined && !bindings.has(key)) bindings.set(key, describeResource(binding));
    }
  }
  const index = { accounts, namespaces, bindings };
  return index;
});

function subjectKey(
  subject: { readonly kind?: string; readonly name?: string; readonly namespace?: string },
  bindingNamespace: string,
): string | undefined {
  if (subject.name === undefined) return undefined;
  if (subject.kind === "ServiceAccount") return accountKey(subject.namespace ?? bindingNamespace, subject.name);
  const user = subject.kind === "User" ? /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject.name) : null;
  return user?.[1] === undefined || user[2] === undefined ? undefined : accountKey(user[1], user[2]);
}

function accountKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** The pod's ServiceAccount, if the snapshot has it. */
export function accountOf(snapshot: ClusterSnapshot, workload: Workload): KubeObject<ServiceAccount> | undefined {
  return indexOf(snapshot).accounts.get(accountKey(workload.namespace, effectiveServiceAccountName(workload.podSpec)));
}

/** The binding that gives the account rights, as messages name it; undefined when the snapshot has none. */
export function bindingOf(snapshot: ClusterSnapshot, namespace: string, name: string): string | undefined {
  return indexOf(snapshot).bindings.get(accountKey(namespace, name));
}

/** Whether the API token is mounted, as far as the snapshot tells: an account that was not given counts as silent. */
export function mountsToken(snapshot: ClusterSnapshot, workload: Workload): boolean {
  return (
    workload.podSpec.automountServiceAccountToken ??
    mountsServiceAccountToken(workload.podSpec, accountOf(snapshot, workload)?.value)
  );
}

/** Namespaces that have an account of this name. */
export function accountsNamed(snapshot: ClusterSnapshot, name: string): readonly string[] {
  return indexOf(snapshot).namespaces.get(name) ?? [];
}
