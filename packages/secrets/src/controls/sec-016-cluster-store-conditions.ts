import type { Control } from "@redoubt/control";
import { listAt } from "@redoubt/kube";
import { storesOf } from "../model/external-secret.ts";

const EXAMPLE = `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.com:8200
      path: secret
      version: v2
      auth:
        kubernetes:
          mountPath: kubernetes
          role: shop
`;

export const clusterStoreLimited: Control = {
  id: "SEC-016",
  title: "ClusterSecretStores say which namespaces may use them",
  layer: "cluster",
  item: "secrets-at-rest",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "Without conditions an ExternalSecret in any namespace reads through this store with the store's rights: whoever may create one reads every secret that the store's role can.",
  remediation:
    "List namespaces, or a namespaceSelector with labels that tenants cannot set, under spec.conditions; or give each namespace a SecretStore of its own.",
  examples: {
    failing: EXAMPLE,
    passing: `${EXAMPLE}  conditions:
  - namespaces: [shop]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const store of storesOf(snapshot)) {
      if (store.kind !== "ClusterSecretStore") continue;
      if (listAt(store.value, ["spec", "conditions"]).length > 0) report.pass(store);
      else
        report.fail(store, {
          message: "spec.conditions is not set: an ExternalSecret in any namespace can read through this store",
          path: ["spec"],
        });
    }
  },
};
