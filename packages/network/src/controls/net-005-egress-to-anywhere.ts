import type { Control } from "@redoubt/control";
import { describePorts } from "../engine/ports.ts";
import { describeSelector } from "../engine/selector-text.ts";
import { networkPolicies } from "../model/policy.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const egressToAnywhere: Control = {
  id: "NET-005",
  title: "Policies that let pods connect anywhere",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [cis("5.3.2"), nsa, attack("T1046"), owasp, attack("T1048")],
  rationale:
    "An egress rule without peers allows connections to every pod and to the Internet, the cloud's metadata service included.",
  remediation: "Name the destinations in `to`; an empty list means anywhere.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  policyTypes: [Egress]
  egress:
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
  policyTypes: [Egress]
  egress:
    - to:
        - podSelector:
            matchLabels: { app: database }
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const open = policy.rules.filter(
        ({ direction, peers, ports }) =>
          direction === "egress" && peers.length === 0 && !(ports.length > 0 && ports.every(({ port }) => port === 53)),
      );
      for (const rule of open) {
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} lets ${describeSelector(policy.podSelector)} connect to ${describePorts(rule.ports)} anywhere, inside the cluster and outside: a rule without \`to\` means any destination.`,
          path: rule.path,
          severity: rule.ports.length === 0 ? "medium" : "low",
        });
      }
      if (open.length === 0 && policy.directions.has("egress")) report.pass(policy.object);
    }
  },
};
