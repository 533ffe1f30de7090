import type { Control, Failure } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { type EncryptionProvider, encryptionConfigurationsOf, entryForSecrets } from "../model/encryption.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const strongEncryptionProvider: Control = {
  id: "INF-003",
  title: "Secrets are encrypted by a provider without known weaknesses",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "medium",
  references: [...cisReferences("1.2.28"), { framework: "OWASP-K8S", version: "2025", id: "K03" }],
  rationale:
    "aescbc is open to padding-oracle attacks, aesgcm loses its guarantees when a key writes too many values, and KMS v1 is deprecated since 1.28 and off since 1.29. A KMS v2 provider keeps the key out of the control plane's file system.",
  remediation: "Use kms with apiVersion v2; where there is no KMS, secretbox.",
  examples: {
    failing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aescbc:
      keys:
      - name: key1
        secret: <BASE64 ENCODED SECRET>
`,
    passing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox:
      keys:
      - name: key1
        secret: <BASE64 ENCODED SECRET>
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const configuration of encryptionConfigurationsOf(snapshot)) {
      const first = entryForSecrets(configuration)?.providers[0];
      if (first === undefined || first.type === "identity" || first.type === "") continue;
      const weakness = weaknessOf(first);
      if (weakness === undefined) report.pass(configuration.object);
      else report.fail(configuration.object, { path: first.path, ...weakness });
    }
  },
};

function weaknessOf(provider: EncryptionProvider): Failure | undefined {
  switch (provider.type) {
    case "aescbc":
      return {
        message:
          "aescbc writes Secrets: CBC mode is not authenticated and is open to padding-oracle attacks by whoever can write to etcd",
      };
    case "aesgcm":
      return {
        message:
          "aesgcm writes Secrets: its key must be rotated automatically before 200,000 writes, or its nonces repeat; nothing here shows that it is",
        severity: "low",
      };
    case "kms": {
      const version = stringAt(provider.value, ["kms", "apiVersion"]) ?? "";
      if (version === "v2") return undefined;
      return {
        message: `kms writes Secrets with API ${version === "" ? "v1 (the default where apiVersion is not set)" : version}, which is off by default since Kubernetes 1.29: such an API server does not start`,
        severity: "high",
      };
    }
    default:
      return undefined;
  }
}
