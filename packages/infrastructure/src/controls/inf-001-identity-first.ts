import type { Control } from "@redoubt/control";
import { encryptionConfigurationsOf, entryForSecrets } from "../model/encryption.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const secretsEncryptedOnWrite: Control = {
  id: "INF-001",
  title: "New Secrets are written encrypted",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "critical",
  references: [
    ...cisReferences("1.2.28"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "The first provider of a list is the one that writes. With identity first, every Secret goes to etcd in plain text, whatever stands after it, and so into every backup of etcd.",
  remediation:
    "Put an encrypting provider first and identity last, then rewrite all Secrets: kubectl get secrets -A -o json | kubectl replace -f -",
  examples: {
    failing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - identity: {}
  - kms:
      apiVersion: v2
      name: vault
      endpoint: unix:///var/run/kms.sock
`,
    passing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - kms:
      apiVersion: v2
      name: vault
      endpoint: unix:///var/run/kms.sock
  - identity: {}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const configuration of encryptionConfigurationsOf(snapshot)) {
      const providers = entryForSecrets(configuration)?.providers ?? [];
      const [first] = providers;
      if (first === undefined) continue;
      if (first.type !== "identity") {
        if (first.type !== "") report.pass(configuration.object);
        continue;
      }
      const others = providers
        .slice(1)
        .map(({ type }) => type)
        .filter((type) => type !== "" && type !== "identity");
      report.fail(configuration.object, {
        message:
          others.length === 0
            ? "identity is the only provider for Secrets: they are stored in plain text"
            : `identity is the first provider for Secrets, so they are written in plain text; ${others.join(", ")} after it only reads`,
        path: first.path,
      });
    }
  },
};
