/** Small policies for tests. */
import type { JsonObject } from "@redoubt/kube";

/** Denies objects by their names. */
export const TEMPLATE: JsonObject = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "deniednames" },
  spec: {
    crd: {
      spec: {
        names: { kind: "DeniedNames" },
        validation: {
          openAPIV3Schema: {
            type: "object",
            properties: { names: { type: "array", items: { type: "string" } } },
          },
        },
      },
    },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        rego: `package deniednames
violation[{"msg": msg}] {
  name := input.review.object.metadata.name
  input.parameters.names[_] == name
  msg := sprintf("the name %v is denied", [name])
}`,
      },
    ],
  },
};

export function constraint(name: string, names: readonly string[], action = "deny"): JsonObject {
  return {
    apiVersion: "constraints.gatekeeper.sh/v1beta1",
    kind: "DeniedNames",
    metadata: { name },
    spec: { enforcementAction: action, parameters: { names: [...names] } },
  };
}

export function podNamed(name: string, namespace = "team"): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { containers: [{ name: "app", image: "registry.example/app:1.0" }] },
  };
}
