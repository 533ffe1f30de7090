import type { Control } from "@redoubt/control";
import { toFieldPath } from "@redoubt/kube";
import { networkPolicies } from "../model/policy.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const rulesWithoutPorts: Control = {
  id: "NET-009",
  title: "Rules that allow every port",
  layer: "cluster",
  item: "network-policies",
  severity: "info",
  references: [nsa, attack("T1046"), owasp],
  rationale: "A rule without ports opens debugging and metrics ports together with the one that was meant.",
  remediation: "List the ports that the pods serve.",
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
    - from:
        - podSelector:
            matchLabels: { app: gateway }
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
      ports:
        - port: 8080
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const open = policy.rules.filter(({ peers, ports }) => peers.length > 0 && ports.length === 0);
      for (const rule of open) {
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} allows every port and protocol in ${toFieldPath(rule.path)}, because it lists no ports.`,
          path: rule.path,
        });
      }
      if (open.length === 0 && policy.rules.length > 0) report.pass(policy.object);
    }
  },
};
