/** The account that the server has in a cluster: the rights that docs/gatekeeper.md says it needs, and no others. */
import type { JsonObject } from "@redoubt/kube";

export const SYSTEM = "redoubt-system";
export const ACCOUNT: string = `system:serviceaccount:${SYSTEM}:redoubt`;
export const RBAC = "/apis/rbac.authorization.k8s.io/v1";

const rule = (group: string, resources: readonly string[], ...verbs: readonly string[]): JsonObject => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: [...verbs],
});
const GROUPS = ["templates", "constraints", "mutations", "expansion", "config", "externaldata"].map(
  (name) => `${name}.gatekeeper.sh`,
);
const CLUSTER_RIGHTS: JsonObject[] = [
  rule("*", ["*"], "list"),
  rule("", ["namespaces", "pods"], "get", "list", "watch"),
  rule("apiextensions.k8s.io", ["customresourcedefinitions"], "get", "list", "watch", "create", "update"),
  ...[...GROUPS, "syncset.gatekeeper.sh"].map((group) => rule(group, ["*"], "get", "list", "watch")),
  ...GROUPS.map((group) => rule(group, ["*/status"], "patch")),
  rule("wgpolicyk8s.io", ["policyreports", "clusterpolicyreports"], "create", "update", "delete"),
  rule("openreports.io", ["reports", "clusterreports"], "create", "update", "delete"),
  rule(
    "admissionregistration.k8s.io",
    ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
  ),
];
const OWN_RIGHTS: JsonObject[] = [
  rule("coordination.k8s.io", ["leases"], "get", "create", "update"),
  rule("", ["secrets"], "get", "create", "update"),
  rule("", ["configmaps"], "get", "list", "watch", "create", "patch"),
  rule("", ["pods"], "get"),
];

/** Gives the account its rights; `created` makes an object in a collection. */
export async function grantServerRights(created: (path: string, object: JsonObject) => Promise<void>): Promise<void> {
  await created(`${RBAC}/clusterroles`, { metadata: { name: "redoubt" }, rules: CLUSTER_RIGHTS });
  await created(`${RBAC}/namespaces/${SYSTEM}/roles`, { metadata: { name: "redoubt" }, rules: OWN_RIGHTS });
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: ACCOUNT }];
  for (const [path, kind] of [
    [`${RBAC}/clusterrolebindings`, "ClusterRole"],
    [`${RBAC}/namespaces/${SYSTEM}/rolebindings`, "Role"],
  ] as const) {
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind, name: "redoubt" };
    await created(path, { metadata: { name: "redoubt" }, roleRef, subjects });
  }
}
