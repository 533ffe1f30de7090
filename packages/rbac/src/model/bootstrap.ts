import type { KubeObject } from "@redoubt/kube";

/** What the API server labels the roles and bindings that it creates and keeps reconciled itself. */
const BOOTSTRAP_LABEL = "kubernetes.io/bootstrapping";

const USER_FACING = ["cluster-admin", "admin", "edit", "view"];

const SYSTEM_CLUSTER_ROLES = [
  "aggregate-to-admin",
  "aggregate-to-edit",
  "aggregate-to-view",
  "auth-delegator",
  "basic-user",
  "certificates.k8s.io:certificatesigningrequests:nodeclient",
  "certificates.k8s.io:certificatesigningrequests:selfnodeclient",
  "certificates.k8s.io:kube-apiserver-client-approver",
  "certificates.k8s.io:kube-apiserver-client-kubelet-approver",
  "certificates.k8s.io:kubelet-serving-approver",
  "certificates.k8s.io:legacy-unknown-approver",
  "cluster-trust-bundle-discovery",
  "discovery",
  "heapster",
  "kube-aggregator",
  "kube-controller-manager",
  "kube-dns",
  "kube-scheduler",
  "kubelet-api-admin",
  "monitoring",
  "node",
  "node-bootstrapper",
  "node-problem-detector",
  "node-proxier",
  "persistent-volume-provisioner",
  "public-info-viewer",
  "service-account-issuer-discovery",
  "volume-scheduler",
];

const CONTROLLERS = [
  "attachdetach-controller",
  "certificate-controller",
  "clusterrole-aggregation-controller",
  "cronjob-controller",
  "daemon-set-controller",
  "deployment-controller",
  "device-taint-eviction-controller",
  "disruption-controller",
  "endpoint-controller",
  "endpointslice-controller",
  "endpointslicemirroring-controller",
  "ephemeral-volume-controller",
  "expand-controller",
  "generic-garbage-collector",
  "horizontal-pod-autoscaler",
  "job-controller",
  "kube-apiserver-serving-clustertrustbundle-publisher",
  "legacy-service-account-token-cleaner",
  "namespace-controller",
  "node-controller",
  "persistent-volume-binder",
  "pod-garbage-collector",
  "podcertificaterequestcleaner",
  "pv-protection-controller",
  "pvc-protection-controller",
  "replicaset-controller",
  "replication-controller",
  "resource-claim-controller",
  "resourcequota-controller",
  "root-ca-cert-publisher",
  "route-controller",
  "selinux-warning-controller",
  "service-account-controller",
  "service-cidrs-controller",
  "service-controller",
  "statefulset-controller",
  "storage-version-garbage-collector",
  "storage-version-migrator-controller",
  "ttl-after-finished-controller",
  "ttl-controller",
  "validatingadmissionpolicy-status-controller",
  "volumeattributesclass-protection-controller",
];

const CLUSTER_ROLES: ReadonlySet<string> = new Set([
  ...USER_FACING,
  ...SYSTEM_CLUSTER_ROLES.map((name) => `system:${name}`),
  ...CONTROLLERS.map((name) => `system:controller:${name}`),
]);

const ROLES: ReadonlySet<string> = new Set([
  "kube-public/system:controller:bootstrap-signer",
  "kube-system/extension-apiserver-authentication-reader",
  "kube-system/system::leader-locking-kube-controller-manager",
  "kube-system/system::leader-locking-kube-scheduler",
  "kube-system/system:controller:bootstrap-signer",
  "kube-system/system:controller:cloud-provider",
  "kube-system/system:controller:token-cleaner",
]);

/**
 * Whether a role is one that the API server itself creates and resets to its built-in rules at each start.
 * Both the label and the name must be right: anyone may write the label on a role of their own.
 */
export function isBootstrapRole(role: KubeObject<object>): boolean {
  if (role.labels[BOOTSTRAP_LABEL] !== "rbac-defaults") return false;
  return role.kind === "Role" ? ROLES.has(`${role.namespace}/${role.name}`) : CLUSTER_ROLES.has(role.name);
}

/** Whether a role of this name exists in any cluster, so that a binding may name it although no manifest defines it. */
export function isBuiltInRole(kind: string, namespace: string, name: string): boolean {
  if (name.startsWith("system:")) return true;
  return kind === "ClusterRole" ? USER_FACING.includes(name) : ROLES.has(`${namespace}/${name}`);
}

/** Groups that the API server itself gives a built-in ClusterRole, each to show no more than API discovery and one's own identity. */
const DEFAULT_GRANTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]],
  ["system:discovery", ["system:authenticated"]],
  ["system:basic-user", ["system:authenticated"]],
  ["system:service-account-issuer-discovery", ["system:serviceaccounts"]],
]);

/** Whether every cluster grants this ClusterRole to this group from its first start. */
export function isDefaultGrant(clusterRole: string, group: string): boolean {
  return DEFAULT_GRANTS.get(clusterRole)?.includes(group) ?? false;
}
