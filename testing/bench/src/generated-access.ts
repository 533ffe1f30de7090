/** The text of a snapshot file of a large cluster: RBAC, Pods and Nodes, the same every time. */
const RBAC = "rbac.authorization.k8s.io";
const CLUSTER_RULES: readonly object[] = [
  { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list", "watch"] },
  { nonResourceURLs: ["/metrics"], verbs: ["get"] },
];
const RULES: readonly object[] = [
  { apiGroups: [""], resources: ["pods", "services", "configmaps"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list", "watch", "patch"] },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "update"], resourceNames: ["leader"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] },
  { apiGroups: [""], resources: ["secrets"], verbs: ["get"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete", "get", "list"] },
  { apiGroups: ["example.com"], resources: ["widgets", "widgets/status"], verbs: ["*"] },
];

/** At factor 1: 5,000 roles, 20,000 bindings of 10,000 subjects, 10,000 Pods on 100 nodes, in 200 namespaces. */
export function generatedAccess(factor: number): string {
  const items: object[] = [];
  const namespaces = 200 * factor;
  const place = (at: number): string => `team-${at % namespaces}`;
  const add = (apiVersion: string, kind: string, metadata: object, body: object = {}): void =>
    void items.push({ apiVersion, kind, metadata: { uid: `${kind}-${items.length}`, ...metadata }, ...body });
  for (let at = 0; at < namespaces; at += 1) {
    const labels = at % 3 === 0 ? {} : { "pod-security.kubernetes.io/enforce": "baseline" };
    add("v1", "Namespace", { name: place(at), labels });
  }
  for (let at = 0; at < 100 * factor; at += 1)
    add("v1", "Node", {
      name: `node-${at}`,
      labels: at % 40 === 0 ? { "node-role.kubernetes.io/control-plane": "" } : {},
    });
  for (let at = 0; at < 1000 * factor; at += 1)
    add(
      `${RBAC}/v1`,
      "ClusterRole",
      { name: `cluster-role-${at}` },
      { rules: [pick(CLUSTER_RULES, at), pick(RULES, at * 7)] },
    );
  for (let at = 0; at < 4000 * factor; at += 1)
    add(
      `${RBAC}/v1`,
      "Role",
      { name: `role-${at}`, namespace: place(at) },
      { rules: [pick(RULES, at), pick(RULES, at * 5 + 3)] },
    );
  const subject = (at: number): object => {
    const number = at % (10_000 * factor);
    return number < 7000 * factor
      ? { kind: "ServiceAccount", name: `app-${Math.floor(number / namespaces)}`, namespace: place(number) }
      : { kind: "User", apiGroup: RBAC, name: `user-${number}` };
  };
  for (let at = 0; at < 20_000 * factor; at += 1) {
    const wide = at % 40 === 0;
    const inCluster = wide || at % 5 === 0;
    const roleRef = inCluster
      ? { kind: "ClusterRole", name: `cluster-role-${(at * 3) % (1000 * factor)}` }
      : { kind: "Role", name: `role-${at % (4000 * factor)}` };
    add(
      `${RBAC}/v1`,
      wide ? "ClusterRoleBinding" : "RoleBinding",
      { name: `binding-${at}`, ...(wide ? {} : { namespace: place(at) }) },
      { roleRef: { apiGroup: RBAC, ...roleRef }, subjects: [subject(at), subject(at * 17 + 5)] },
    );
  }
  for (let at = 0; at < 10_000 * factor; at += 1) {
    const securityContext = at % 500 === 0 ? { privileged: true } : { allowPrivilegeEscalation: false };
    add(
      "v1",
      "Pod",
      { name: `pod-${at}`, namespace: place(at), labels: { app: `app-${at}` } },
      {
        spec: {
          nodeName: `node-${at % (100 * factor)}`,
          serviceAccountName: `app-${at % 35}`,
          containers: [{ name: "app", image: "registry.example.com/app:1", securityContext }],
        },
      },
    );
    if (at % 50 === 0)
      add(
        "v1",
        "Service",
        { name: `pod-${at}`, namespace: place(at) },
        { spec: { type: "LoadBalancer", selector: { app: `app-${at}` }, ports: [{ port: 80 }] } },
      );
  }
  const head = {
    apiVersion: "redoubt.dev/v1",
    kind: "Snapshot",
    metadata: { context: "generated", takenAt: "2026-01-01T00:00:00Z", tool: { name: "redoubt", version: "0.1.0" } },
  };
  return JSON.stringify({ ...head, gaps: [], diagnostics: [], items });
}

function pick(values: readonly object[], at: number): object {
  return values[at % values.length] ?? {};
}
