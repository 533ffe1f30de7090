import type { Control } from "@redoubt/control";

const TYPE = "kubernetes.io/service-account-token";

export const noAccountTokenSecrets: Control = {
  id: "SEC-002",
  title: "ServiceAccount tokens are not kept in Secrets",
  layer: "cluster",
  item: "secrets-at-rest",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1528" },
    { framework: "OWASP-K8S", version: "2025", id: "K09" },
  ],
  rationale:
    "A token in a Secret never expires, is bound to no pod, and belongs to whoever may read Secrets in the namespace.",
  remediation:
    "Delete the Secret and take short-lived tokens: a projected volume in pods, kubectl create token for people.",
  examples: {
    failing: `apiVersion: v1
kind: Secret
metadata:
  name: ci-token
  namespace: shop
  annotations:
    kubernetes.io/service-account.name: ci
type: ${TYPE}
`,
    passing: `apiVersion: v1
kind: Secret
metadata:
  name: registry
  namespace: shop
type: Opaque
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const secret of snapshot.list("Secret")) {
      if (secret.value.type !== TYPE) {
        report.pass(secret);
        continue;
      }
      const account = secret.annotations["kubernetes.io/service-account.name"] ?? "(none named)";
      report.fail(secret, {
        message: `this Secret asks for a token of ServiceAccount ${account} that never expires`,
        path: ["type"],
      });
    }
  },
};
