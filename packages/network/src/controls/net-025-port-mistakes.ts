import type { Control } from "@redoubt/control";
import { portProblem } from "../engine/port-problems.ts";
import { networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const portMistakes: Control = {
  id: "NET-025",
  title: "Ports that the API server rejects",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "A port range that ends before it starts, a protocol that does not exist or a port out of range makes the API server refuse the whole policy: nothing is protected.",
  remediation:
    "Write port and endPort as numbers from 1 to 65535 with endPort not below port; protocols are TCP, UDP and SCTP.",
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
    - ports: [{ port: 9000, endPort: 8000 }]
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
    - ports: [{ port: 8000, endPort: 9000 }]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const ports = policy.written.flatMap((rule) =>
        rule.ports.map((port, index) => ({ port, path: [...rule.portsPath, index] })),
      );
      if (ports.length === 0) continue;
      let failed = false;
      for (const { port, path } of ports) {
        const problem = portProblem(port);
        if (problem === undefined) continue;
        failed = true;
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name}: ${problem}; the API server rejects the policy.`,
          path,
        });
      }
      if (!failed) report.pass(policy.object);
    }
  },
};
