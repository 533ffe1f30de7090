import type { Severity } from "@redoubt/control";

/** How far a role reaches: no binding names it, only RoleBindings do, or a ClusterRoleBinding does. */
export type Reach = "unbound" | "namespace" | "cluster";

/** What a finding weighs at each reach. */
export type SeverityByReach = Readonly<Record<Reach, Severity>>;

/** Verbs on a resource that lead further than they look. */
export interface Target {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** A right that is worth more than its words. */
export interface DangerousPermission {
  /** What it comes to, as in "opens: read Secrets". */
  readonly opens: string;
  readonly targets: readonly Target[];
  /** What whoever holds it gains. */
  readonly consequence: string;
  readonly severity: SeverityByReach;
  /** With `resourceNames` a right is one step milder, unless one of these is among the names. */
  readonly sensitiveNames?: readonly string[];
}

export type PermissionName =
  | "readSecrets"
  | "writeSecrets"
  | "runWorkloads"
  | "execIntoPods"
  | "reachPodPorts"
  | "debugPods"
  | "escalateRoles"
  | "bindRoles"
  | "impersonate"
  | "issueTokens"
  | "kubeletApi"
  | "approveCertificates"
  | "writeAdmission"
  | "extendApi"
  | "createVolumes"
  | "relabelNamespaces"
  | "writeNodes"
  | "writeRbac";

const WORKLOAD_VERBS = ["create", "update", "patch"];
const WRITE_VERBS = ["create", "update", "patch", "delete", "deletecollection"];

function targets(group: string, resources: readonly string[], verbs: readonly string[]): readonly Target[] {
  return resources.map((resource) => ({ group, resource, verbs }));
}

/** The permissions that controls report, and that a wildcard is explained with. */
export const PERMISSIONS: Readonly<Record<PermissionName, DangerousPermission>> = {
  readSecrets: {
    opens: "read every Secret",
    targets: targets("", ["secrets"], ["get", "list", "watch"]),
    consequence: "Secrets hold passwords, keys and ServiceAccount tokens, and list and watch return their values too",
    severity: { cluster: "high", namespace: "medium", unbound: "low" },
  },
  writeSecrets: {
    opens: "change Secrets",
    targets: targets("", ["secrets"], ["create", "update", "patch"]),
    consequence:
      "a replaced Secret is trusted by every workload that reads it, and a new one of type kubernetes.io/service-account-token is filled with the token of any ServiceAccount of its namespace",
    severity: { cluster: "medium", namespace: "low", unbound: "info" },
  },
  runWorkloads: {
    opens: "run Pods as any ServiceAccount",
    targets: [
      ...targets("", ["pods", "replicationcontrollers"], WORKLOAD_VERBS),
      ...targets("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"], WORKLOAD_VERBS),
      ...targets("batch", ["cronjobs", "jobs"], WORKLOAD_VERBS),
    ],
    consequence:
      "whoever decides what a Pod runs can use the ServiceAccounts and mount the Secrets of its namespace, and where Pod Security does not forbid it, take over the node",
    severity: { cluster: "high", namespace: "medium", unbound: "low" },
  },
  execIntoPods: {
    opens: "run commands in Pods",
    targets: targets("", ["pods/exec", "pods/attach"], ["create", "get"]),
    consequence: "a shell in a running container has its ServiceAccount token, its Secrets and its network place",
    severity: { cluster: "high", namespace: "medium", unbound: "low" },
  },
  reachPodPorts: {
    opens: "reach Pod ports through the API server",
    targets: [
      ...targets("", ["pods/portforward"], ["create", "get"]),
      ...targets("", ["pods/proxy", "services/proxy"], ["create", "get", "update", "patch", "delete"]),
    ],
    consequence:
      "such a connection comes from the node or the control plane, past the NetworkPolicies that guard the Pod",
    severity: { cluster: "medium", namespace: "low", unbound: "info" },
  },
  debugPods: {
    opens: "inject containers into Pods",
    targets: targets("", ["pods/ephemeralcontainers"], ["update", "patch"]),
    consequence: "an added container of any image joins the running Pod with its ServiceAccount, network and volumes",
    severity: { cluster: "high", namespace: "medium", unbound: "low" },
  },
  escalateRoles: {
    opens: "escalate roles",
    targets: targets("rbac.authorization.k8s.io", ["roles", "clusterroles"], ["escalate"]),
    consequence:
      "the verb switches off the check that nobody writes a role with more rights than their own, so a role they may update can become all-powerful",
    severity: { cluster: "critical", namespace: "high", unbound: "medium" },
  },
  bindRoles: {
    opens: "bind any role",
    targets: targets("rbac.authorization.k8s.io", ["roles", "clusterroles"], ["bind"]),
    consequence:
      "the verb switches off the check that nobody hands out more rights than their own: with the right to create a binding it gives them the role, cluster-admin included unless resourceNames leaves it out",
    severity: { cluster: "critical", namespace: "high", unbound: "medium" },
    sensitiveNames: ["cluster-admin", "admin", "system:masters"],
  },
  impersonate: {
    opens: "impersonate anyone",
    targets: [
      ...targets("", ["users", "groups", "serviceaccounts"], ["impersonate"]),
      ...targets("authentication.k8s.io", ["uids"], ["impersonate"]),
    ],
    consequence:
      "requests made as somebody else have that identity's rights, those of group system:masters included when groups are not limited",
    severity: { cluster: "critical", namespace: "high", unbound: "medium" },
    sensitiveNames: ["system:masters", "system:admin", "kubernetes-admin", "kubeadm:cluster-admins"],
  },
  issueTokens: {
    opens: "issue ServiceAccount tokens",
    targets: targets("", ["serviceaccounts/token"], ["create"]),
    consequence:
      "a token is the ServiceAccount itself: its holder has all its rights, from anywhere, for as long as was asked for",
    severity: { cluster: "high", namespace: "medium", unbound: "low" },
  },
  kubeletApi: {
    opens: "use the kubelet API through nodes/proxy",
    targets: targets("", ["nodes/proxy"], ["get", "create", "update", "patch", "delete"]),
    consequence:
      "the kubelet runs commands in any Pod of its node for whoever reaches it, without admission control and without an audit record of the command (get is enough, by a WebSocket)",
    severity: { cluster: "high", namespace: "medium", unbound: "medium" },
  },
  approveCertificates: {
    opens: "approve client certificates",
    targets: [
      ...targets("certificates.k8s.io", ["certificatesigningrequests/approval"], ["update", "patch"]),
      ...targets("certificates.k8s.io", ["certificatesigningrequests/status"], ["update", "patch"]),
      ...targets("certificates.k8s.io", ["signers"], ["approve", "sign"]),
    ],
    consequence:
      "an approved request of signer kubernetes.io/kube-apiserver-client is a login as any user and group but system:masters, valid until it expires",
    severity: { cluster: "high", namespace: "medium", unbound: "medium" },
    sensitiveNames: [
      "kubernetes.io/*",
      "kubernetes.io/kube-apiserver-client",
      "kubernetes.io/kube-apiserver-client-kubelet",
      "kubernetes.io/legacy-unknown",
    ],
  },
  writeAdmission: {
    opens: "change admission control",
    targets: targets(
      "admissionregistration.k8s.io",
      [
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
      ],
      WRITE_VERBS,
    ),
    consequence:
      "a webhook of theirs would see, and a mutating one rewrite, nearly every object that anybody writes, and the policies that stop bad Pods could be removed",
    severity: { cluster: "critical", namespace: "medium", unbound: "medium" },
  },
  extendApi: {
    opens: "change the API itself",
    targets: [
      ...targets("apiregistration.k8s.io", ["apiservices"], ["create", "update", "patch"]),
      ...targets("apiextensions.k8s.io", ["customresourcedefinitions"], ["create", "update", "patch"]),
    ],
    consequence:
      "an APIService redirects a whole API group, all that its callers send included, to a server of their choice, and a CustomResourceDefinition can send its objects through their conversion webhook",
    severity: { cluster: "high", namespace: "low", unbound: "low" },
  },
  createVolumes: {
    opens: "create PersistentVolumes",
    targets: targets("", ["persistentvolumes"], ["create", "update", "patch"]),
    consequence:
      "a PersistentVolume may be a hostPath: claimed by a Pod, it opens the node's file system even where Pod Security forbids hostPath volumes",
    severity: { cluster: "high", namespace: "low", unbound: "medium" },
  },
  relabelNamespaces: {
    opens: "relabel Namespaces",
    targets: targets("", ["namespaces"], ["update", "patch"]),
    consequence:
      "Pod Security levels, NetworkPolicy namespace selectors and webhook exemptions all read the namespace's labels, so they can be switched off there",
    severity: { cluster: "high", namespace: "medium", unbound: "low" },
  },
  writeNodes: {
    opens: "change Nodes",
    targets: targets("", ["nodes", "nodes/status"], ["update", "patch", "delete"]),
    consequence:
      "labels, taints and status decide where Pods run: workloads, and the Secrets they mount, can be drawn to a node of their choice",
    severity: { cluster: "high", namespace: "low", unbound: "medium" },
  },
  writeRbac: {
    opens: "change roles and bindings",
    targets: targets(
      "rbac.authorization.k8s.io",
      ["rolebindings", "clusterrolebindings", "roles", "clusterroles"],
      ["create", "update", "patch"],
    ),
    consequence:
      "they can pass on every right they hold themselves, which outlives the removal of their own binding (the API server still refuses rights they do not hold)",
    severity: { cluster: "high", namespace: "medium", unbound: "low" },
  },
};
