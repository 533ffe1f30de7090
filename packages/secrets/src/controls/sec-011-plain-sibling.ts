import type { Control } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { externalSecretsOf, targetName } from "../model/external-secret.ts";
import { sealedSecretsOf } from "../model/sealed-secret.ts";
import { writtenValues } from "../model/secret-values.ts";

export const noPlainSiblings: Control = {
  id: "SEC-011",
  title: "No plain Secret stands beside the sealed or synchronised one",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "The plain Secret that a SealedSecret or ExternalSecret was made from gives away what the other protects; and both write the same object, so whichever comes last wins.",
  remediation: "Delete the plain Secret from the files and from their history, and replace the value.",
  examples: {
    failing: `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
stringData:
  password: 6f1ed002ab5595859014ebf0951522d9
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
  namespace: shop
spec:
  secretStoreRef:
    name: vault
  data:
  - secretKey: password
    remoteRef:
      key: database
`,
    passing: `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
  namespace: shop
spec:
  secretStoreRef:
    name: vault
  data:
  - secretKey: password
    remoteRef:
      key: database
`,
  },
  fixable: false,
  check(snapshot, report) {
    const makers = [
      ...sealedSecretsOf(snapshot).map((object) => ({ object, makes: object.name })),
      ...externalSecretsOf(snapshot)
        .filter(({ value }) => !["Merge", "None"].includes(stringAt(value, ["spec", "target", "creationPolicy"]) ?? ""))
        .map((object) => ({ object, makes: targetName(object) })),
    ];
    for (const { object, makes } of makers) {
      const sibling = snapshot
        .list("Secret")
        .find(
          (secret) =>
            secret.origin.kind === "file" &&
            secret.name === makes &&
            secret.namespace === object.namespace &&
            writtenValues(secret).length > 0,
        );
      if (sibling === undefined) report.pass(object);
      else
        report.fail(sibling, {
          message: `this plain Secret is the one that ${object.kind} ${object.name} makes: its values are readable here, and the two overwrite each other`,
          path: ["metadata", "name"],
        });
    }
  },
};
