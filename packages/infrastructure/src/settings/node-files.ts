import type { ClusterSnapshot, EvidenceOf } from "@redoubt/kube";
import type { NodeFileSetting } from "../engine/node-file-control.ts";
import { evidenceOfType } from "../model/evidence.ts";

const ROOT = ["root:root"];

const at =
  (pattern: RegExp, directories = false) =>
  ({ path, directory }: EvidenceOf<"node-file">): boolean =>
    pattern.test(path) && (directories || !directory);

/** Files that a process on the same node was told to use by one of these flags, wherever they lie. */
const namedBy =
  (name: string, ...wanted: readonly string[]) =>
  ({ path, node }: EvidenceOf<"node-file">, snapshot: ClusterSnapshot): boolean =>
    evidenceOfType(snapshot, "flags").some(
      ({ component, node: on, flags }) =>
        component === name && on === node && wanted.some((flag) => Object.hasOwn(flags, flag) && flags[flag] === path),
    );

const either =
  (...conditions: readonly ((file: EvidenceOf<"node-file">, snapshot: ClusterSnapshot) => boolean)[]) =>
  (file: EvidenceOf<"node-file">, snapshot: ClusterSnapshot): boolean =>
    conditions.some((condition) => condition(file, snapshot));

/** Who may use a node's files (CIS 1.1 and 4.1). */
export const NODE_FILE_SETTINGS: readonly NodeFileSetting[] = [
  {
    id: "INF-044",
    title: "Only root changes the manifests of the control plane",
    item: "rbac",
    severity: "high",
    cis: ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6", "1.1.7", "1.1.8"],
    rationale: "The kubelet runs whatever lies in the manifests folder, with any privilege and past all admission.",
    remediation: "chown root:root and chmod 600 the files in /etc/kubernetes/manifests.",
    rules: [
      {
        matches: at(/^\/etc\/kubernetes\/manifests\/[^/]+$/),
        mode: 0o600,
        secret: false,
        owners: ROOT,
        effect:
          "whoever can write there runs privileged pods, and whoever can read it knows how the control plane is started",
      },
      {
        matches: at(/^\/etc\/kubernetes\/manifests$/, true),
        mode: 0o755,
        secret: false,
        owners: ROOT,
        effect: "whoever can write there runs privileged pods on the node",
      },
    ],
    failing: ["/etc/kubernetes/manifests/kube-apiserver.yaml", "644", "root:root"],
    passing: ["/etc/kubernetes/manifests/kube-apiserver.yaml", "600", "root:root"],
  },
  {
    id: "INF-045",
    title: "Only root reads the administrator's credentials",
    item: "rbac",
    severity: "critical",
    cis: ["1.1.13", "1.1.14"],
    rationale: "Whoever reads them is the cluster's administrator until the certificate expires; it cannot be revoked.",
    remediation: "chown root:root and chmod 600 /etc/kubernetes/admin.conf and super-admin.conf.",
    rules: [
      {
        matches: at(/^\/etc\/kubernetes\/(?:super-)?admin\.conf$/),
        mode: 0o600,
        secret: true,
        owners: ROOT,
        effect: "whoever reads it is the cluster's administrator",
      },
    ],
    failing: ["/etc/kubernetes/admin.conf", "644", "root:root"],
    passing: ["/etc/kubernetes/admin.conf", "600", "root:root"],
  },
  {
    id: "INF-046",
    title: "Only root reads the credentials of scheduler and controller manager",
    item: "rbac",
    severity: "high",
    cis: ["1.1.15", "1.1.16", "1.1.17", "1.1.18"],
    rationale:
      "The controller manager can make a token for any ServiceAccount, and the scheduler places pods anywhere.",
    remediation: "chown root:root and chmod 600 /etc/kubernetes/scheduler.conf and controller-manager.conf.",
    rules: [
      {
        matches: at(/^\/etc\/kubernetes\/(?:scheduler|controller-manager)\.conf$/),
        mode: 0o600,
        secret: true,
        owners: ROOT,
        effect: "whoever reads it can act as that component",
      },
    ],
    failing: ["/etc/kubernetes/controller-manager.conf", "640", "root:admins"],
    passing: ["/etc/kubernetes/controller-manager.conf", "600", "root:root"],
  },
  {
    id: "INF-047",
    title: "Only root reads the cluster's private keys",
    item: "rbac",
    severity: "critical",
    cis: ["1.1.19", "1.1.20", "1.1.21"],
    rationale:
      "With the authority's key anyone signs a certificate for any user, and with the ServiceAccount key a token for any pod.",
    remediation: "chown -R root:root /etc/kubernetes/pki, chmod 600 its keys and 644 its certificates.",
    rules: [
      {
        matches: at(/^\/etc\/kubernetes\/pki\/.*\.key$/),
        mode: 0o600,
        secret: true,
        owners: ROOT,
        effect: "whoever reads it can sign identities or pose as a component",
      },
      {
        matches: at(/^\/etc\/kubernetes\/pki(?:\/.*)?$/, true),
        mode: 0o755,
        secret: false,
        owners: ROOT,
        effect: "whoever can write there can replace an authority that the cluster trusts",
      },
      {
        matches: at(/^\/etc\/kubernetes\/pki\/.*\.(?:crt|pub)$/),
        mode: 0o644,
        secret: false,
        effect: "whoever can write there can replace an authority that the cluster trusts",
      },
    ],
    failing: ["/etc/kubernetes/pki/sa.key", "644", "root:root"],
    passing: ["/etc/kubernetes/pki/sa.key", "600", "root:root"],
  },
  {
    id: "INF-048",
    title: "Only etcd reads its data",
    item: "secrets-at-rest",
    severity: "high",
    cis: ["1.1.11", "1.1.12"],
    rationale:
      "The folder holds every object of the cluster, and the Secrets of before encryption was turned on in plain text.",
    remediation: "chmod 700 the data folder of etcd; give it to the account that etcd runs as.",
    rules: [
      {
        matches: either(at(/^\/var\/lib\/etcd$/, true), namedBy("etcd", "data-dir")),
        mode: 0o700,
        secret: true,
        owners: ["etcd:etcd", "root:root"],
        effect: "whoever reads it has every object of the cluster",
      },
    ],
    failing: ["/var/lib/etcd", "755", "root:root"],
    passing: ["/var/lib/etcd", "700", "etcd:etcd"],
  },
  {
    id: "INF-049",
    title: "Only root changes the network plugin's configuration",
    item: "network-policies",
    severity: "medium",
    cis: ["1.1.9", "1.1.10"],
    rationale:
      "The runtime runs the programs that these files name, as root, for each pod; some hold the plugin's credentials.",
    remediation: "chown root:root and chmod 600 the files in /etc/cni/net.d.",
    rules: [
      {
        matches: at(/^\/etc\/cni\/net\.d\/[^/]+$/),
        mode: 0o600,
        secret: false,
        owners: ROOT,
        effect:
          "whoever can write there runs programs as root, and whoever can read it may find the plugin's credentials",
      },
    ],
    failing: ["/etc/cni/net.d/10-bridge.conflist", "666", "root:root"],
    passing: ["/etc/cni/net.d/10-bridge.conflist", "600", "root:root"],
  },
  {
    id: "INF-050",
    title: "Only root changes the kubelet's configuration",
    item: "rbac",
    severity: "high",
    cis: ["4.1.1", "4.1.2", "4.1.3", "4.1.4", "4.1.5", "4.1.6", "4.1.7", "4.1.8", "4.1.9", "4.1.10"],
    rationale:
      "The kubelet runs as root and does what these files say; its kubeconfig holds or names the node's credentials.",
    remediation:
      "chown root:root the kubelet's unit, kubeconfig, configuration and authority; chmod 600, and 644 the authority.",
    rules: [
      {
        matches: either(
          at(/^\/etc\/systemd\/system\/kubelet\.service(?:\.d\/[^/]+)?$/),
          at(/^\/usr\/lib\/systemd\/system\/kubelet\.service(?:\.d\/[^/]+)?$/),
          at(/^\/var\/lib\/kubelet\/config\.yaml$/),
          namedBy("kubelet", "config"),
          namedBy("kube-proxy", "config"),
        ),
        mode: 0o600,
        secret: false,
        owners: ROOT,
        effect: "whoever can change it decides what runs as root on the node",
      },
      {
        matches: either(
          at(/^\/var\/lib\/kubelet\/kubeconfig$/),
          at(/^\/etc\/kubernetes\/(?:kubelet|bootstrap-kubelet|proxy)\.conf$/),
          namedBy("kubelet", "kubeconfig"),
          namedBy("kube-proxy", "kubeconfig"),
        ),
        mode: 0o600,
        secret: true,
        owners: ROOT,
        effect: "whoever reads it can act as the node",
      },
      {
        matches: namedBy("kubelet", "client-ca-file"),
        mode: 0o644,
        secret: false,
        owners: ROOT,
        effect: "whoever can change it decides whose commands the kubelet takes",
      },
    ],
    failing: ["/var/lib/kubelet/config.yaml", "666", "root:root"],
    passing: ["/var/lib/kubelet/config.yaml", "600", "root:root"],
  },
];
