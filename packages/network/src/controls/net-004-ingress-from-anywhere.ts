import type { Control } from "@redoubt/control";
import { describePorts } from "../engine/ports.ts";
import { describeSelector } from "../engine/selector-text.ts";
import { networkPolicies } from "../model/policy.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const ingressFromAnywhere: Control = {
  id: "NET-004",
  title: "Policies that let everyone in",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [cis("5.3.2"), nsa, attack("T1046"), owasp],
  rationale:
    "An ingress rule without peers allows traffic from every pod of every namespace, from the nodes and from outside. It also cancels a default deny for the pods it selects.",
  remediation: "Name who may connect in `from`; an empty list means anyone, not no one.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress:
    - {}
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress:
    - from:
        - podSelector:
            matchLabels: { app: gateway }
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const open = policy.rules.filter(({ direction, peers }) => direction === "ingress" && peers.length === 0);
      for (const rule of open) {
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} lets anyone, inside the cluster and outside, connect to ${describePorts(rule.ports)} of ${describeSelector(policy.podSelector)}: a rule without \`from\` means any source.`,
          path: rule.path,
          severity: rule.ports.length === 0 ? "medium" : "low",
        });
      }
      if (open.length === 0 && policy.directions.has("ingress")) report.pass(policy.object);
    }
  },
};
