/** One kind of step, and how much it asks of the attacker. */
export interface EdgeKindText {
  readonly title: string;
  /**
   * How unlikely the step is to succeed for somebody in the position before it: 1 is a plain use of what one holds, each
   * further point about halves the chance. Paths are ranked by the sum.
   */
  readonly effort: number;
  /** What other attack-path tools call it, where they have it. */
  readonly alsoKnownAs?: string;
}

export const EDGE_KIND_NAMES = [
  "holds-role",
  "member-of",
  "anonymous-access",
  "exposed-service",
  "all-rights",
  "create-workload",
  "change-workload",
  "change-pod-image",
  "exec",
  "attach",
  "ephemeral-container",
  "kubelet-api",
  "list-secrets",
  "get-secret",
  "secret-token",
  "token-secret",
  "request-token",
  "impersonate-account",
  "impersonate-user",
  "impersonate-group",
  "bind-role",
  "escalate-role",
  "client-certificate",
  "rewrite-admission",
  "relabel-namespace",
  "host-path-volume",
  "map-cloud-role",
  "use-power",
  "run-as-account",
  "mount-secret",
  "privileged-pod",
  "account-token",
  "mounted-secret",
  "privileged-container",
  "host-pid",
  "kernel-module",
  "cgroup-release-agent",
  "host-file-handles",
  "runtime-socket",
  "host-path-write",
  "host-path-read",
  "writable-proc",
  "log-symlink",
  "pods-of-node",
  "pods-beside",
  "node-files",
  "control-plane-node",
] as const;

export type EdgeKind = (typeof EDGE_KIND_NAMES)[number];

export const EDGE_KINDS: Readonly<Record<EdgeKind, EdgeKindText>> = {
  "holds-role": { title: "holds a role", effort: 0, alsoKnownAs: "PERMISSION_DISCOVER" },
  "member-of": { title: "is in a group", effort: 0 },
  "anonymous-access": { title: "sends requests without credentials", effort: 1 },
  "exposed-service": { title: "attacks an exposed workload", effort: 5, alsoKnownAs: "ENDPOINT_EXPLOIT" },
  "all-rights": { title: "has every right", effort: 0, alsoKnownAs: "IS_CLUSTER_ADMIN" },
  "create-workload": { title: "creates a Pod or a controller of Pods", effort: 1, alsoKnownAs: "POD_CREATE" },
  "change-workload": { title: "changes what a controller runs", effort: 1, alsoKnownAs: "REPLACE_IMAGE" },
  "change-pod-image": { title: "changes the image of a running Pod", effort: 2, alsoKnownAs: "POD_PATCH" },
  exec: { title: "runs commands in a Pod", effort: 1, alsoKnownAs: "POD_EXEC" },
  attach: { title: "attaches to a container's input", effort: 3, alsoKnownAs: "POD_ATTACH" },
  "ephemeral-container": { title: "adds a container to a running Pod", effort: 1, alsoKnownAs: "DEBUG_POD" },
  "kubelet-api": { title: "runs commands through the kubelet", effort: 1, alsoKnownAs: "CAN_EXEC_THROUGH_KUBELET" },
  "list-secrets": { title: "lists Secrets", effort: 1, alsoKnownAs: "TOKEN_LIST" },
  "get-secret": { title: "reads Secrets whose names it knows or guesses", effort: 2, alsoKnownAs: "TOKEN_BRUTEFORCE" },
  "secret-token": { title: "finds a ServiceAccount token in a Secret", effort: 1, alsoKnownAs: "TOKEN_LIST" },
  "token-secret": {
    title: "has a token written into a new Secret",
    effort: 1,
    alsoKnownAs: "CREATE_SECRET_WITH_TOKEN",
  },
  "request-token": { title: "requests a token", effort: 1, alsoKnownAs: "GENERATE_TOKEN" },
  "impersonate-account": { title: "impersonates a ServiceAccount", effort: 1, alsoKnownAs: "IDENTITY_IMPERSONATE" },
  "impersonate-user": { title: "impersonates a user", effort: 1, alsoKnownAs: "IDENTITY_IMPERSONATE" },
  "impersonate-group": { title: "impersonates a group", effort: 1, alsoKnownAs: "IDENTITY_IMPERSONATE" },
  "bind-role": { title: "binds a role to itself", effort: 1, alsoKnownAs: "ROLE_BIND" },
  "escalate-role": { title: "adds rights to a role", effort: 1, alsoKnownAs: "RBAC_ESCALATE_TO" },
  "client-certificate": {
    title: "approves its own client certificate",
    effort: 1,
    alsoKnownAs: "GENERATE_CLIENT_CERTIFICATE",
  },
  "rewrite-admission": { title: "rewrites Pods as they are admitted", effort: 3, alsoKnownAs: "control_webhooks" },
  "relabel-namespace": {
    title: "switches Pod Security off for a namespace",
    effort: 2,
    alsoKnownAs: "PATCH_NAMESPACE_TO_BYPASS_PSA",
  },
  "host-path-volume": { title: "mounts the node's files through a PersistentVolume", effort: 2 },
  "map-cloud-role": { title: "maps its cloud role to system:masters", effort: 1, alsoKnownAs: "UPDATE_AWS_AUTH" },
  "use-power": { title: "uses it in a namespace", effort: 0 },
  "run-as-account": { title: "runs a Pod as a ServiceAccount", effort: 0, alsoKnownAs: "CREATE_POD_WITH_SA" },
  "mount-secret": { title: "mounts a Secret into a Pod of its own", effort: 1, alsoKnownAs: "MOUNTS_SECRET" },
  "privileged-pod": { title: "runs a privileged Pod", effort: 1, alsoKnownAs: "CREATE_PRIVILEGED_WORKLOAD" },
  "account-token": { title: "uses the mounted ServiceAccount token", effort: 0, alsoKnownAs: "IDENTITY_ASSUME" },
  "mounted-secret": { title: "reads a mounted Secret", effort: 0, alsoKnownAs: "VOLUME_DISCOVER" },
  "privileged-container": { title: "leaves a privileged container", effort: 1, alsoKnownAs: "CE_PRIV_MOUNT" },
  "host-pid": { title: "enters a host process", effort: 1, alsoKnownAs: "CE_SYS_PTRACE" },
  "kernel-module": { title: "loads a kernel module", effort: 2, alsoKnownAs: "CE_MODULE_LOAD" },
  "cgroup-release-agent": {
    title: "mounts a cgroup and runs a release agent on the host",
    effort: 3,
    alsoKnownAs: "CAN_CGROUP_BREAKOUT",
  },
  "host-file-handles": { title: "opens host files by handle", effort: 2, alsoKnownAs: "CAN_ACCESS_HOST_FD" },
  "runtime-socket": { title: "talks to the container runtime", effort: 1, alsoKnownAs: "EXPLOIT_CONTAINERD_SOCK" },
  "host-path-write": { title: "writes files of the node", effort: 1, alsoKnownAs: "EXPLOIT_HOST_WRITE" },
  "host-path-read": { title: "reads files of the node", effort: 2, alsoKnownAs: "EXPLOIT_HOST_READ" },
  "writable-proc": { title: "has the kernel run a program of its own", effort: 2, alsoKnownAs: "CE_UMH_CORE_PATTERN" },
  "log-symlink": {
    title: "reads the node's files through its log folder",
    effort: 2,
    alsoKnownAs: "CE_VAR_LOG_SYMLINK",
  },
  "pods-of-node": { title: "enters the Pods of a node", effort: 1, alsoKnownAs: "POD_ATTACH" },
  "pods-beside": { title: "enters Pods that may run on the same node", effort: 3 },
  "node-files": { title: "reads the tokens of the node's Pods", effort: 1, alsoKnownAs: "EXPLOIT_HOST_TRAVERSE" },
  "control-plane-node": { title: "reads the control plane's keys", effort: 1 },
};

export function effortOf(kind: EdgeKind): number {
  return EDGE_KINDS[kind].effort;
}
