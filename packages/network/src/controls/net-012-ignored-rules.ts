import type { Control } from "@redoubt/control";
import { describeSelector } from "../engine/selector-text.ts";
import { DIRECTIONS, POLICY_TYPE, networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const ignoredRules: Control = {
  id: "NET-012",
  title: "Rules that policyTypes switches off",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, owasp],
  rationale:
    "policyTypes decides which rules count. Rules of a direction that it leaves out are accepted and ignored, and the pods stay open in that direction.",
  remediation: "Add the direction to policyTypes, or leave policyTypes out.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  policyTypes: [Ingress]
  egress:
    - to:
        - podSelector:
            matchLabels: { app: database }
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  policyTypes: [Ingress, Egress]
  egress:
    - to:
        - podSelector:
            matchLabels: { app: database }
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const ignored = DIRECTIONS.filter(
        (direction) => !policy.directions.has(direction) && policy.written.some((rule) => rule.direction === direction),
      );
      for (const direction of ignored) {
        report.fail(policy.object, {
          message: `The ${direction} rules of NetworkPolicy ${policy.name} are ignored, because policyTypes lists ${[...policy.directions].map((type) => POLICY_TYPE[type]).join(", ")} only: ${describeSelector(policy.podSelector)} stay open for ${direction}.`,
          path: ["spec", direction],
          fix: {
            description: `Add ${POLICY_TYPE[direction]} to policyTypes, so that the ${direction} rules count.`,
            edits: [{ op: "append", path: ["spec", "policyTypes"], value: POLICY_TYPE[direction] }],
            caution: `The selected pods are then limited to what the ${direction} rules allow; DNS must be among it.`,
          },
        });
      }
      if (ignored.length === 0) report.pass(policy.object);
    }
  },
};
