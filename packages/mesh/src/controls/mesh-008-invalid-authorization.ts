import type { Control } from "@redoubt/control";
import { policyProblems } from "../engine/validation.ts";
import { meshPolicies } from "../model/policies.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const invalidAuthorization: Control = {
  id: "MESH-008",
  title: "AuthorizationPolicies that Istio rejects",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, owasp],
  rationale:
    "Istio's webhook refuses a policy that it cannot mean; where the webhook is absent, the policy is there and does nothing, or denies everything.",
  remediation: "Correct what the message names; istioctl validate checks the same.",
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: deny
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: DENY
`,
    passing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: deny
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: DENY
  rules:
    - to:
        - operation: { paths: [/admin*] }
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of meshPolicies(snapshot).authorizationPolicies) {
      const problems = policyProblems(policy);
      for (const { message, path } of problems) {
        report.fail(policy.object, { message: `AuthorizationPolicy ${policy.name} is invalid: ${message}.`, path });
      }
      if (problems.length === 0) report.pass(policy.object);
    }
  },
};
