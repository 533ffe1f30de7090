import { ClusterSnapshot, snapshotFromText } from "@redoubt/kube";

/** How much of everything a generated cluster has. */
export interface ClusterSize {
  readonly namespaces: number;
  readonly identities: number;
  readonly roles: number;
  readonly bindings: number;
  readonly workloads: number;
}

export const SMALL: ClusterSize = { namespaces: 2, identities: 3, roles: 3, bindings: 3, workloads: 3 };
export const LARGE: ClusterSize = { namespaces: 6, identities: 20, roles: 25, bindings: 40, workloads: 40 };

const RBAC = "rbac.authorization.k8s.io";

/** Rules that lead somewhere, and some that do not. */
const RULES: readonly object[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create"] },
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] },
  { apiGroups: [""], resources: ["secrets", "configmaps"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
  { apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] },
  { apiGroups: [RBAC], resources: ["rolebindings", "clusterrolebindings"], verbs: ["create"] },
  { apiGroups: [RBAC], resources: ["roles", "clusterroles"], verbs: ["bind"] },
  { apiGroups: [RBAC], resources: ["clusterroles", "roles"], verbs: ["patch", "escalate"] },
  { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "patch"] },
  { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
];

/** Containers with and without a way out. */
const CONTAINERS: readonly object[] = [
  {},
  {},
  {},
  { securityContext: { privileged: true } },
  { securityContext: { capabilities: { add: ["SYS_MODULE"] } } },
];

/** A cluster that is the same for the same seed. It counts as read from an API server, so nothing built in is added. */
export function generatedCluster(seed: number, size: ClusterSize): ClusterSnapshot {
  const random = generator(seed);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new RangeError("nothing to pick from");
    return value;
  };
  const many = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
  const namespaces = many(size.namespaces).map((at) => `ns${at}`);
  const objects: object[] = namespaces.map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: random() < 0.4 ? { "pod-security.kubernetes.io/enforce": pick(["baseline", "restricted"]) } : {},
    },
  }));
  const accounts = many(size.identities).map((at) => ({
    kind: "ServiceAccount",
    name: `sa${at}`,
    namespace: pick(namespaces),
  }));
  for (const { name, namespace } of accounts)
    objects.push({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } });
  const roles = many(size.roles).map((at) => {
    const namespace = random() < 0.5 ? pick(namespaces) : undefined;
    const rules = many(1 + Math.floor(random() * 2)).map(() => pick(RULES));
    const kind = namespace === undefined ? "ClusterRole" : "Role";
    objects.push({
      apiVersion: `${RBAC}/v1`,
      kind,
      metadata: { name: `r${at}`, ...(namespace === undefined ? {} : { namespace }) },
      rules,
    });
    return { kind, name: `r${at}`, namespace };
  });
  for (const at of many(size.bindings)) {
    const role = pick(roles);
    const namespace = role.namespace ?? (random() < 0.5 ? pick(namespaces) : undefined);
    const subjects = many(1 + Math.floor(random() * 2)).map(() =>
      random() < 0.7 ? pick(accounts) : { kind: "User", name: `u${Math.floor(random() * size.identities)}` },
    );
    objects.push({
      apiVersion: `${RBAC}/v1`,
      kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
      metadata: { name: `b${at}`, ...(namespace === undefined ? {} : { namespace }) },
      roleRef: { apiGroup: RBAC, kind: role.kind, name: role.name },
      subjects,
    });
  }
  for (const at of many(size.workloads)) {
    const account = pick(accounts);
    const labels = { app: `w${at}` };
    objects.push({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `w${at}`, namespace: account.namespace, labels },
      spec: {
        serviceAccountName: account.name,
        ...(random() < 0.3 ? { automountServiceAccountToken: false } : {}),
        containers: [{ name: "c", image: "example.com/c:1", ...pick(CONTAINERS) }],
      },
    });
    if (random() < 0.4)
      objects.push({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: `w${at}`, namespace: account.namespace },
        spec: { type: pick(["NodePort", "ClusterIP"]), selector: labels, ports: [{ port: 80 }] },
      });
  }
  const { objects: read, diagnostics } = snapshotFromText(
    objects.map((object) => JSON.stringify(object)).join("\n---\n"),
  );
  return new ClusterSnapshot({ objects: read, diagnostics, source: "cluster" });
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
