import type { Control } from "@redoubt/control";
import type { ClusterSnapshot, KubeObject } from "@redoubt/kube";
import { encryptionConfigurationsOf, isPlaceholder } from "../model/encryption.ts";
import { evidenceOfType } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const noEncryptionKeysInFiles: Control = {
  id: "INF-004",
  title: "Encryption keys are not written into files",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    ...cisReferences("1.2.28"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "Whoever has this file, or the repository it lies in, can decrypt every Secret of a backup of etcd. A key that was committed stays in the history.",
  remediation:
    "Use a KMS v2 provider, or fill the key in on the node from a secret store; replace a key that was ever committed.",
  examples: {
    failing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox:
      keys:
      - name: key1
        secret: YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=
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
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, entries } of encryptionConfigurationsOf(snapshot)) {
      const keys = entries
        .flatMap(({ providers }) => providers)
        .flatMap((provider) => provider.keys.map((key) => ({ key, provider })));
      const written = keys.filter(({ key }) => !isPlaceholder(key.secret));
      if (written.length === 0 && entries.length > 0) report.pass(object);
      const guarded = isRootOnly(object, snapshot);
      for (const { key, provider } of written)
        report.fail(object, {
          message: `the ${provider.type} key ${JSON.stringify(key.name)} is written into this file${guarded ? ", which only root may read on this node" : ""}: whoever reads it can decrypt what the key encrypted`,
          path: [...key.path, "secret"],
          ...(guarded ? { severity: "low" } : {}),
        });
    }
  },
};

/** Where the file was found on a node that runs it, who may read it is known: there the key has to be somewhere, unless a KMS holds it. */
function isRootOnly({ origin }: KubeObject<object>, snapshot: ClusterSnapshot): boolean {
  return evidenceOfType(snapshot, "node-file").some(
    ({ path, mode, owner }) =>
      origin.kind === "file" && origin.file.endsWith(path) && (mode & 0o077) === 0 && owner === "root",
  );
}
