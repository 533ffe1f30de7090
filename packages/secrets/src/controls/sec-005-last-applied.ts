import type { Control } from "@redoubt/control";
import { objectAt } from "@redoubt/kube";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

export const noSecretsInAnnotations: Control = {
  id: "SEC-005",
  title: "Secret values are not copied into annotations",
  layer: "cluster",
  item: "secrets-at-rest",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "kubectl apply keeps a copy of what it applied in an annotation. Tools that hide a Secret's data still print its annotations, and a value stays there after the data was changed by other means.",
  remediation: "Remove the annotation, and apply Secrets with kubectl apply --server-side, which does not write it.",
  examples: {
    failing: `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
  annotations:
    ${ANNOTATION}: |
      {"apiVersion":"v1","kind":"Secret","metadata":{"name":"database"},"stringData":{"password":"6f1ed002ab55"}}
`,
    passing: `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const secret of snapshot.list("Secret")) {
      const keys = keysIn(secret.annotations[ANNOTATION]);
      if (keys.length === 0) {
        report.pass(secret);
        continue;
      }
      const path = ["metadata", "annotations", ANNOTATION];
      report.fail(secret, {
        message: `the annotation ${ANNOTATION} holds a copy of the values of ${keys.map((key) => JSON.stringify(key)).join(", ")}`,
        path,
        fix: {
          description: "Removes the copy of the Secret's values from its annotations.",
          edits: [{ op: "remove", path, prune: true }],
        },
      });
    }
  },
};

function keysIn(annotation: string | undefined): readonly string[] {
  if (annotation === undefined) return [];
  try {
    const applied: unknown = JSON.parse(annotation);
    return ["data", "stringData"].flatMap((field) =>
      Object.entries(objectAt(applied, [field]) ?? {})
        .filter(([, value]) => typeof value === "string" && value !== "")
        .map(([key]) => key),
    );
  } catch {
    return [];
  }
}
