import type { Control } from "@redoubt/control";
import { scopeAnnotation, scopeOf, sealedSecretsOf } from "../model/sealed-secret.ts";

const SEALED = `AQCr${"q6ur".repeat(92)}`;

export const strictSealingScope: Control = {
  id: "SEC-008",
  title: "Sealed values open only under their own name and namespace",
  layer: "application",
  item: "secrets-at-rest",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "With the scope cluster-wide anyone who sees the sealed value can have the controller open it in a namespace of their own; namespace-wide, under a name of their own in the same namespace.",
  remediation:
    "Seal again with the strict scope, which is kubeseal's default. The scope is part of what was encrypted: removing the annotation alone makes the value unreadable.",
  examples: {
    failing: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
  namespace: shop
  annotations:
    sealedsecrets.bitnami.com/cluster-wide: "true"
spec:
  encryptedData:
    password: ${SEALED}
`,
    passing: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
  namespace: shop
spec:
  encryptedData:
    password: ${SEALED}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const sealed of sealedSecretsOf(snapshot)) {
      const scope = scopeOf(sealed);
      if (scope === "strict") report.pass(sealed);
      else
        report.fail(sealed, {
          message:
            scope === "cluster-wide"
              ? "sealed cluster-wide: whoever can create a SealedSecret in any namespace can have these values opened there"
              : `sealed namespace-wide: whoever can create a SealedSecret in ${sealed.namespace} can have these values opened under another name`,
          path: ["metadata", "annotations", scopeAnnotation(scope)],
          severity: scope === "cluster-wide" ? "medium" : "low",
        });
    }
  },
};
