import type { Control } from "@redoubt/control";
import { objectAt, stringAt } from "@redoubt/kube";
import { sealedItemsOf, sealedSecretsOf } from "../model/sealed-secret.ts";

/** Has the shape of an item sealed for a 2048-bit key; its bytes are no ciphertext. */
const SEALED = `AQCr${"q6ur".repeat(92)}`;

export const sealedItemsSealed: Control = {
  id: "SEC-007",
  title: "SealedSecrets hold sealed values",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "What lies in encryptedData is published as if it were encrypted. A value pasted there in plain base64 is a leak; a value cut off never becomes a Secret.",
  remediation:
    "Seal the value with kubeseal (or redoubt secrets seal) and paste its whole output; replace a value that was published in plain.",
  examples: {
    failing: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
  namespace: shop
spec:
  encryptedData:
    password: NmYxZWQwMDJhYjU1OTU4NTkwMTRlYmYwOTUxNTIyZDk=
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
      const items = sealedItemsOf(sealed);
      const wrong = items.filter(({ problem }) => problem !== undefined);
      for (const { key, problem } of wrong)
        report.fail(sealed, {
          message: `the sealed value of ${JSON.stringify(key)} ${problem ?? ""}`,
          path: ["spec", "encryptedData", key],
        });
      if (items.length === 0) {
        const old =
          stringAt(sealed.value, ["spec", "data"]) !== undefined ||
          objectAt(sealed.value, ["spec", "data"]) !== undefined;
        report.fail(sealed, {
          message: old
            ? "spec.data is an obsolete format: seal into spec.encryptedData"
            : "spec.encryptedData is missing: there is nothing to unseal",
          path: ["spec"],
        });
      } else if (wrong.length === 0) report.pass(sealed);
    }
  },
};
