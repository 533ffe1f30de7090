import type { FrameworkReference } from "@redoubt/control";

/** Versions of the CIS Kubernetes Benchmark that references are given for. Ids move between versions: each goes with its own. */
export const CIS_VERSIONS: readonly string[] = ["1.11", "1.12"];

/** A recommendation of sections 1 to 4; `subject` is our own wording. */
export interface CisRecommendation {
  readonly id: string;
  readonly subject: string;
  readonly versions: readonly string[];
  /** Why no control judges it, where none does. */
  readonly reason?: string;
}

type Row = readonly [
  id: string,
  subject: string,
  details?: { readonly only?: readonly string[]; readonly reason?: string },
];

const USERS =
  "A certificate or a token does not say whether a person or a program uses it; who was given one is written nowhere in a cluster.";

const ROWS: readonly Row[] = [
  ["1.1.1", "mode of the API server's manifest"],
  ["1.1.2", "owner of the API server's manifest"],
  ["1.1.3", "mode of the controller manager's manifest"],
  ["1.1.4", "owner of the controller manager's manifest"],
  ["1.1.5", "mode of the scheduler's manifest"],
  ["1.1.6", "owner of the scheduler's manifest"],
  ["1.1.7", "mode of etcd's manifest"],
  ["1.1.8", "owner of etcd's manifest"],
  ["1.1.9", "mode of the network plugin's files"],
  ["1.1.10", "owner of the network plugin's files"],
  ["1.1.11", "mode of etcd's data folder"],
  ["1.1.12", "owner of etcd's data folder"],
  ["1.1.13", "mode of the administrator's kubeconfig"],
  ["1.1.14", "owner of the administrator's kubeconfig"],
  ["1.1.15", "mode of the scheduler's kubeconfig"],
  ["1.1.16", "owner of the scheduler's kubeconfig"],
  ["1.1.17", "mode of the controller manager's kubeconfig"],
  ["1.1.18", "owner of the controller manager's kubeconfig"],
  ["1.1.19", "owner of the cluster's certificates and keys"],
  ["1.1.20", "mode of the cluster's certificates"],
  ["1.1.21", "mode of the cluster's private keys"],
  ["1.2.1", "API server: anonymous requests"],
  ["1.2.2", "API server: tokens from a file"],
  ["1.2.3", "API server: plugin DenyServiceExternalIPs"],
  ["1.2.4", "API server: its certificate for kubelets"],
  ["1.2.5", "API server: the authority of kubelets' certificates"],
  ["1.2.6", "API server: no AlwaysAllow"],
  ["1.2.7", "API server: the Node authorizer"],
  ["1.2.8", "API server: the RBAC authorizer"],
  ["1.2.9", "API server: plugin EventRateLimit"],
  ["1.2.10", "API server: no plugin AlwaysAdmit"],
  ["1.2.11", "API server: plugin AlwaysPullImages"],
  ["1.2.12", "API server: plugin ServiceAccount"],
  ["1.2.13", "API server: plugin NamespaceLifecycle"],
  ["1.2.14", "API server: plugin NodeRestriction"],
  ["1.2.15", "API server: profiling"],
  ["1.2.16", "API server: the audit log"],
  ["1.2.17", "API server: how long audit logs are kept"],
  ["1.2.18", "API server: how many audit logs are kept"],
  ["1.2.19", "API server: how large an audit log grows"],
  [
    "1.2.20",
    "API server: time limit of requests",
    {
      reason:
        "No value is wrong by itself: the default of one minute is short, and what needs more depends on the cluster's size and network.",
    },
  ],
  ["1.2.21", "API server: ServiceAccounts of tokens are looked up"],
  ["1.2.22", "API server: keys of ServiceAccount tokens"],
  ["1.2.23", "API server: its certificate for etcd"],
  ["1.2.24", "API server: its serving certificate"],
  ["1.2.25", "API server: the authority of client certificates"],
  ["1.2.26", "API server: the authority of etcd's certificate"],
  ["1.2.27", "API server: encryption at rest is configured"],
  ["1.2.28", "API server: encryption providers"],
  ["1.2.29", "API server: cipher suites"],
  ["1.2.30", "API server: no extended ServiceAccount tokens"],
  ["1.3.1", "controller manager: clean-up of finished pods"],
  ["1.3.2", "controller manager: profiling"],
  ["1.3.3", "controller manager: credentials of each controller"],
  ["1.3.4", "controller manager: key of ServiceAccount tokens"],
  ["1.3.5", "controller manager: the authority that pods are given"],
  ["1.3.6", "controller manager: renewal of kubelets' certificates"],
  ["1.3.7", "controller manager: listens on loopback"],
  ["1.4.1", "scheduler: profiling"],
  ["1.4.2", "scheduler: listens on loopback"],
  ["2.1", "etcd: its serving certificate"],
  ["2.2", "etcd: client certificates are required"],
  ["2.3", "etcd: no self-made certificates for clients"],
  ["2.4", "etcd: certificates between members"],
  ["2.5", "etcd: members' certificates are required"],
  ["2.6", "etcd: no self-made certificates between members"],
  ["2.7", "etcd: an authority of its own"],
  ["3.1.1", "no client certificates for people", { reason: USERS }],
  ["3.1.2", "no ServiceAccount tokens for people", { reason: USERS }],
  ["3.1.3", "no bootstrap tokens for people", { reason: USERS }],
  ["3.2.1", "there is an audit policy"],
  ["3.2.2", "the audit policy records what matters"],
  ["4.1.1", "mode of the kubelet's unit"],
  ["4.1.2", "owner of the kubelet's unit"],
  ["4.1.3", "mode of kube-proxy's kubeconfig"],
  ["4.1.4", "owner of kube-proxy's kubeconfig"],
  ["4.1.5", "mode of the kubelet's kubeconfig"],
  ["4.1.6", "owner of the kubelet's kubeconfig"],
  ["4.1.7", "mode of the kubelet's authority file"],
  ["4.1.8", "owner of the kubelet's authority file"],
  ["4.1.9", "mode of the kubelet's configuration"],
  ["4.1.10", "owner of the kubelet's configuration"],
  ["4.2.1", "kubelet: anonymous requests"],
  ["4.2.2", "kubelet: no AlwaysAllow"],
  ["4.2.3", "kubelet: the authority of client certificates"],
  ["4.2.4", "kubelet: no read-only port"],
  ["4.2.5", "kubelet: idle sessions end"],
  ["4.2.6", "kubelet: keeps its iptables chains"],
  [
    "4.2.7",
    "kubelet: no other host name",
    {
      reason:
        "Cloud providers and kubeadm set it on purpose, and the Node authorizer goes by the certificate's name, whatever the host is called.",
    },
  ],
  ["4.2.8", "kubelet: rate of events"],
  ["4.2.9", "kubelet: its serving certificate"],
  ["4.2.10", "kubelet: renewal of its client certificate"],
  ["4.2.11", "kubelet: renewal of its serving certificate"],
  ["4.2.12", "kubelet: cipher suites"],
  ["4.2.13", "kubelet: limit of process ids"],
  ["4.2.14", "kubelet: seccomp by default"],
  [
    "4.2.15",
    "kubelet: addresses that may reach it",
    {
      only: ["1.11"],
      reason:
        "It is a setting of the systemd unit and not of the kubelet, right or wrong only with the cluster's own addresses; 1.12 has it no more.",
    },
  ],
  ["4.3.1", "kube-proxy: metrics on loopback"],
];

/** Every recommendation of sections 1 to 4, in the benchmark's order. */
export const CIS_RECOMMENDATIONS: readonly CisRecommendation[] = ROWS.map(([id, subject, details]) => {
  const reason = details?.reason;
  return { id, subject, versions: details?.only ?? CIS_VERSIONS, ...(reason === undefined ? {} : { reason }) };
});

const VERSIONS: ReadonlyMap<string, readonly string[]> = new Map(
  CIS_RECOMMENDATIONS.map(({ id, versions }) => [id, versions]),
);

/** References to recommendations, one for each version of the benchmark that has them. */
export function cisReferences(...ids: readonly string[]): readonly FrameworkReference[] {
  return ids.flatMap((id) => (VERSIONS.get(id) ?? []).map((version) => ({ framework: "CIS", version, id }) as const));
}
