import type { Control } from "@redoubt/control";
import type { ClusterSnapshot } from "@redoubt/kube";
import { componentsOf } from "../model/component.ts";
import { encryptionConfigurationsOf } from "../model/encryption.ts";
import { evidenceOfType } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const LOADED = "apiserver_encryption_config_controller_last_config_info";

export const encryptionConfigured: Control = {
  id: "INF-006",
  title: "The API server is given an encryption configuration",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    ...cisReferences("1.2.27"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale: "Without --encryption-provider-config Secrets lie in etcd, and in its backups, in plain text.",
  remediation: "Write an EncryptionConfiguration and start the API server with --encryption-provider-config naming it.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command:
    - kube-apiserver
    - --authorization-mode=Node,RBAC
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command:
    - kube-apiserver
    - --encryption-provider-config=/etc/kubernetes/encryption.yaml
`,
  },
  fixable: false,
  check(snapshot, report) {
    const servers = componentsOf(snapshot, "kube-apiserver");
    for (const { object, flags, path, source } of servers) {
      if (flags.has("encryption-provider-config")) report.pass(object);
      else
        report.fail(object, {
          message: `kube-apiserver${source === "" ? "" : ` (${source})`} runs without --encryption-provider-config: Secrets are stored in plain text, in etcd and in its backups`,
          path,
        });
    }
    if (servers.length > 0) return;
    // The API server counts the configuration that it loaded; without one there is no such metric.
    const loaded = evidenceOfType(snapshot, "metrics").filter(({ samples }) =>
      samples.some(({ name, value }) => name === LOADED && value > 0),
    );
    for (const { object } of loaded) report.pass(object);
    if (loaded.length > 0) return;
    const configurations = encryptionConfigurationsOf(snapshot);
    if (configurations.length === 0)
      report.unknown(undefined, {
        message:
          "whether Secrets are encrypted at rest is not known: neither an EncryptionConfiguration nor the API server's flags were given",
        needs: needsOf(snapshot, "the kube-apiserver manifest with the file that --encryption-provider-config names"),
      });
    for (const { object } of configurations)
      report.unknown(object, {
        message: "whether an API server uses this encryption configuration is not known",
        needs: needsOf(
          snapshot,
          "the kube-apiserver manifest or kubeadm ClusterConfiguration with --encryption-provider-config",
        ),
      });
  },
};

/** Without an encryption configuration an API server has no metric of it: absence proves nothing, and only flags tell. */
function needsOf(snapshot: ClusterSnapshot, files: string): string {
  const live = snapshot.source === "cluster" ? "redoubt scan --node on a control-plane node" : "a live cluster";
  return `${files}, or ${live}`;
}
