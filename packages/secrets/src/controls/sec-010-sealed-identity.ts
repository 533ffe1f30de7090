import type { Control } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { scopeOf, sealedSecretsOf } from "../model/sealed-secret.ts";

const SEALED = `AQCr${"q6ur".repeat(92)}`;

export const sealedIdentityComplete: Control = {
  id: "SEC-010",
  title: "SealedSecrets carry the name and namespace that they were sealed for",
  layer: "application",
  item: "secrets-at-rest",
  severity: "low",
  references: [],
  rationale:
    "With the strict scope name and namespace are part of the encryption. Without a namespace in the file, whichever one kubectl happens to point at decides, and in any other the value cannot be opened.",
  remediation: "Write metadata.namespace, and metadata.name as it was when the value was sealed.",
  examples: {
    failing: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
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
      const needed = { "cluster-wide": [], "namespace-wide": ["namespace"], strict: ["name", "namespace"] }[scope];
      const missing = needed.filter((field) => (stringAt(sealed.value, ["metadata", field]) ?? "") === "");
      const inner = stringAt(sealed.value, ["spec", "template", "metadata", "name"]);
      if (missing.length > 0)
        report.fail(sealed, {
          message: `metadata.${missing.join(" and metadata.")} ${missing.length === 1 ? "is" : "are"} not set, but the ${scope} scope seals ${missing.length === 1 ? "it" : "them"} into the value`,
          path: ["metadata"],
        });
      else if (inner !== undefined && inner !== sealed.name)
        report.fail(sealed, {
          message: `the template names ${JSON.stringify(inner)}, but the Secret will be called ${JSON.stringify(sealed.name)}, as the SealedSecret is`,
          path: ["spec", "template", "metadata", "name"],
        });
      else report.pass(sealed);
    }
  },
};
