import type { Control, Failure } from "@redoubt/control";
import { type KubeObject, listAt, stringAt } from "@redoubt/kube";
import { externalSecretsOf } from "../model/external-secret.ts";

const EXAMPLE = (policy: string): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
  namespace: shop
spec:
  secretStoreRef:
    name: vault
  target:
    creationPolicy: ${policy}
  data:
  - secretKey: password
    remoteRef:
      key: database
`;

export const externalSecretPolicies: Control = {
  id: "SEC-019",
  title: "Secrets go away with the ExternalSecret that made them",
  layer: "application",
  item: "secrets-at-rest",
  severity: "low",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K03" }],
  rationale:
    "With creationPolicy Orphan the Secret stays in the cluster after its ExternalSecret is deleted: a credential that nobody refreshes and nobody remembers. Some combinations of policies are refused altogether.",
  remediation: "Use creationPolicy Owner, the default.",
  examples: { failing: EXAMPLE("Orphan"), passing: EXAMPLE("Owner") },
  fixable: false,
  check(snapshot, report) {
    for (const secret of externalSecretsOf(snapshot)) {
      const failure = failureFor(secret);
      if (failure === undefined) report.pass(secret);
      else report.fail(secret, failure);
    }
  },
};

/** The combinations that the operator's validating webhook refuses, and Orphan. */
function failureFor({ value }: KubeObject<object>): Failure | undefined {
  const creation = stringAt(value, ["spec", "target", "creationPolicy"]) ?? "Owner";
  const deletion = stringAt(value, ["spec", "target", "deletionPolicy"]) ?? "Retain";
  if (deletion === "Delete" && ["Merge", "None", "CreateOrMerge"].includes(creation))
    return {
      message: `deletionPolicy Delete with creationPolicy ${creation} is refused: the operator may only delete a Secret that it owns`,
      path: ["spec", "target", "deletionPolicy"],
      severity: "medium",
    };
  if (deletion === "Merge" && creation === "None")
    return {
      message: "deletionPolicy Merge with creationPolicy None is refused: there is no Secret to merge with",
      path: ["spec", "target", "deletionPolicy"],
      severity: "medium",
    };
  if (listAt(value, ["spec", "data"]).length === 0 && listAt(value, ["spec", "dataFrom"]).length === 0)
    return {
      message: "neither data nor dataFrom is set, which is refused: there is nothing to fetch",
      path: ["spec"],
      severity: "medium",
    };
  if (creation === "Orphan")
    return {
      message: "creationPolicy Orphan leaves the Secret in the cluster when this ExternalSecret is deleted",
      path: ["spec", "target", "creationPolicy"],
    };
  return undefined;
}
