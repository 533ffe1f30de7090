import type { Control, Fix } from "@redoubt/control";
import { type KubeObject, objectAt, stringAt } from "@redoubt/kube";

const KINDS = ["ExternalSecret", "SecretStore", "ClusterSecretStore", "ClusterExternalSecret"];
const EXAMPLE = (version: string): string => `apiVersion: external-secrets.io/${version}
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
`;

export const externalSecretsVersion: Control = {
  id: "SEC-020",
  title: "External Secrets objects use an API version that is served",
  layer: "application",
  item: "updates",
  severity: "medium",
  references: [],
  rationale:
    "External Secrets serves only v1 of these kinds since its release 0.17. Objects of an older version cannot be applied, which keeps the operator at a release without security fixes.",
  remediation: "Write apiVersion: external-secrets.io/v1, and upgrade the operator to 0.16 first if it is older.",
  examples: { failing: EXAMPLE("v1beta1"), passing: EXAMPLE("v1") },
  fixable: true,
  check(snapshot, report) {
    for (const kind of KINDS)
      for (const object of snapshot.listUntyped("external-secrets.io", kind)) {
        const version = object.apiVersion.split("/")[1] ?? "";
        if (version === "v1") {
          report.pass(object);
          continue;
        }
        const fix = fixFor(object, version);
        report.fail(object, {
          message: `${object.apiVersion} ${kind} is not served since External Secrets ${version === "v1alpha1" ? "0.16" : "0.17"}: use external-secrets.io/v1`,
          path: ["apiVersion"],
          ...(fix === undefined ? {} : { fix }),
        });
      }
  },
};

/** Every field of v1beta1 means the same in v1, but for the first template engine; v1alpha1 differs in ExternalSecrets. */
function fixFor({ kind, value }: KubeObject<object>, version: string): Fix | undefined {
  const engine = stringAt(value, ["spec", "target", "template", "engineVersion"]);
  const isStore = kind === "SecretStore" || kind === "ClusterSecretStore";
  if (
    engine === "v1" ||
    objectAt(value, ["spec", "provider", "fake"]) !== undefined ||
    !(version === "v1beta1" || isStore)
  )
    return undefined;
  return {
    description: "Moves the object to external-secrets.io/v1, where its fields mean the same.",
    edits: [{ op: "set", path: ["apiVersion"], value: "external-secrets.io/v1" }],
    caution: "The operator must be 0.16 or newer.",
  };
}
