import type { Control } from "@redoubt/control";
import { objectAt } from "@redoubt/kube";
import { credentialShapes, isCredentialSetting } from "../model/credential.ts";
import { sealedSecretsOf } from "../model/sealed-secret.ts";

const SEALED = `AQCr${"q6ur".repeat(92)}`;

export const noPlainValuesInTemplates: Control = {
  id: "SEC-009",
  title: "The template of a SealedSecret holds no plain credentials",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "spec.template.data is copied into the Secret as it stands: it is not sealed, and anyone who reads the file reads it.",
  remediation: 'Seal the value, and refer to it in the template: {{ index . "password" }}',
  examples: {
    failing: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
  namespace: shop
spec:
  encryptedData:
    token: ${SEALED}
  template:
    data:
      password: 6f1ed002ab5595859014ebf0951522d9
`,
    passing: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
  namespace: shop
spec:
  encryptedData:
    password: ${SEALED}
  template:
    data:
      url: postgres://shop:{{ index . "password" }}@db/shop
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const sealed of sealedSecretsOf(snapshot)) {
      const data = objectAt(sealed.value, ["spec", "template", "data"]) ?? {};
      const plain = Object.entries(data).flatMap(([key, text]) => {
        if (typeof text !== "string") return [];
        const shapes = credentialShapes(text);
        return shapes.length > 0 || isCredentialSetting(key, text)
          ? [{ key, what: shapes.join(" and ") || "a credential, by its name" }]
          : [];
      });
      if (plain.length === 0) report.pass(sealed);
      for (const { key, what } of plain)
        report.fail(sealed, {
          message: `the template's ${JSON.stringify(key)} holds ${what}, not sealed`,
          path: ["spec", "template", "data", key],
        });
    }
  },
};
