import type { Control } from "@redoubt/control";
import { namedPortVerdicts } from "../engine/named-ports.ts";
import { networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const unresolvedNamedPorts: Control = {
  id: "NET-024",
  title: "Named ports that no pod has",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "A named port is looked up in the containers of the destination pod. Where no container declares it, the rule allows nothing.",
  remediation: "Name the port in the container (ports[].name), or write its number.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: { app: web }
spec:
  containers:
    - name: app
      image: registry.example.com/web:1
      ports: [{ name: http, containerPort: 8080 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress:
    - ports: [{ port: web }]
      from:
        - podSelector: {}
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: { app: web }
spec:
  containers:
    - name: app
      image: registry.example.com/web:1
      ports: [{ name: http, containerPort: 8080 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress:
    - ports: [{ port: http }]
      from:
        - podSelector: {}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const verdicts = namedPortVerdicts(snapshot, policy);
      const missing = verdicts.filter(({ resolved }) => !resolved);
      for (const { name, protocol, path, targets } of missing) {
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} allows port ${name} (${protocol}), but no container of the ${targets} ${targets === 1 ? "workload" : "workloads"} it applies to declares a ${protocol} port of that name: the rule allows nothing.`,
          path,
        });
      }
      if (verdicts.length > 0 && missing.length === 0) report.pass(policy.object);
    }
  },
};
