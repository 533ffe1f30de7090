import type { Control } from "@redoubt/control";
import { isolatingPolicies, policedWorkloads, policiesIn } from "../engine/policy-selection.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const unselectedWorkloads: Control = {
  id: "NET-015",
  title: "Workloads that no policy selects",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [cis("5.3.2"), nsa, attack("T1046"), owasp],
  rationale:
    "Policies add up pod by pod. In a namespace with policies but no default deny, a workload that none of them selects is open to everyone.",
  remediation: "Add a default deny to the namespace, or a policy that selects the workload.",
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
apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: shop
  labels: { app: api }
spec:
  containers:
    - name: app
      image: registry.example.com/api:1
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
  ingress: []
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
  ingress: []
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const [namespace, workloads] of policedWorkloads(snapshot)) {
      const policies = policiesIn(snapshot, namespace);
      // A namespace without any policy is the default-deny controls' to report, once.
      if (!policies.some(({ directions }) => directions.has("ingress"))) continue;
      for (const workload of workloads) {
        if (isolatingPolicies(policies, workload, "ingress").length > 0) report.pass(workload.object);
        else {
          report.fail(workload.object, {
            message: `No NetworkPolicy of namespace ${namespace} selects the pods of ${workload.object.kind} ${workload.object.name} for ingress: they accept connections from everywhere.`,
            path: [...workload.templatePath, "metadata", "labels"],
          });
        }
      }
    }
  },
};
