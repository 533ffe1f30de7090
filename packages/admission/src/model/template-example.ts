/** A ConstraintTemplate around a piece of Rego (indented by eight), and a constraint of its kind. */
export function templateExample(rego: string): string {
  return `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: k8srequiredlabels
spec:
  crd:
    spec:
      names:
        kind: K8sRequiredLabels
      validation:
        openAPIV3Schema:
          type: object
          properties:
            labels:
              type: array
              items:
                type: string
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
${rego
  .trimEnd()
  .split("\n")
  .map((line) => (line === "" ? "" : `      ${line}`))
  .join("\n")}
`;
}

export const REQUIRED_LABELS_REGO = `package k8srequiredlabels

violation[{"msg": msg}] {
  provided := object.get(input.review.object.metadata, "labels", {})
  missing := input.parameters.labels[_]
  not provided[missing]
  msg := sprintf("label %v is required", [missing])
}
`;

export const CONSTRAINT_EXAMPLE = `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sRequiredLabels
metadata:
  name: team
spec:
  match:
    kinds:
    - apiGroups: [""]
      kinds: [Namespace]
  parameters:
    labels: [team]
`;
