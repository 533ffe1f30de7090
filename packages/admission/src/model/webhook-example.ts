/** A sound validating webhook over pods; examples of controls change one thing about it. */
export function webhookExample(
  change: {
    readonly settings?: string;
    readonly rules?: string;
    readonly client?: string;
    readonly selectors?: string;
  } = {},
): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: pods
webhooks:
- name: pods.policy.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
${
  change.client ??
  `  clientConfig:
    service:
      name: policy
      namespace: policy-system
`
}${
    change.rules ??
    `  rules:
  - apiGroups: [""]
    apiVersions: [v1]
    operations: [CREATE, UPDATE]
    resources: [pods, pods/ephemeralcontainers]
`
  }${
    change.selectors ??
    `  namespaceSelector:
    matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: [kube-system, policy-system]
`
  }${change.settings ?? ""}`;
}
