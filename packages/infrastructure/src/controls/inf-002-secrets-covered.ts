import type { Control } from "@redoubt/control";
import { encryptionConfigurationsOf, entryForSecrets } from "../model/encryption.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const encryptionCoversSecrets: Control = {
  id: "INF-002",
  title: "The encryption configuration covers Secrets",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "critical",
  references: [
    ...cisReferences("1.2.27"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "Resources that no entry names are stored in plain text. A configuration without Secrets encrypts everything but what matters.",
  remediation: "Name secrets in the first entry.",
  examples: {
    failing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [configmaps]
  providers:
  - kms:
      apiVersion: v2
      name: vault
      endpoint: unix:///var/run/kms.sock
`,
    passing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets, configmaps]
  providers:
  - kms:
      apiVersion: v2
      name: vault
      endpoint: unix:///var/run/kms.sock
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const configuration of encryptionConfigurationsOf(snapshot)) {
      const { object, entries } = configuration;
      const entry = entryForSecrets(configuration);
      if (entry === undefined) {
        const named = entries.flatMap(({ resources }) => resources).join(", ");
        report.fail(object, {
          message: `no entry covers Secrets (only ${named === "" ? "nothing" : named}): they are stored in plain text`,
          path: ["resources"],
        });
      } else if (entry.providers.length === 0)
        report.fail(object, { message: "the entry for Secrets has no providers", path: entry.path });
      else report.pass(object);
    }
  },
};
