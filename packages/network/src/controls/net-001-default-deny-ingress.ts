import type { Control } from "@redoubt/control";
import { checkDefaultDeny } from "../engine/default-deny.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const defaultDenyIngress: Control = {
  id: "NET-001",
  title: "Namespaces without a default deny for incoming traffic",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [cis("5.3.2"), nsa, attack("T1046"), owasp],
  rationale:
    "Without a policy that selects every pod, any pod of the cluster can open any port of every pod in the namespace: one broken-into container reaches all databases.",
  remediation:
    "Add a NetworkPolicy with an empty podSelector and policyTypes Ingress, then one policy for each connection that is meant.",
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
  name: default-deny-ingress
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress]
`,
  },
  fixable: true,
  check(snapshot, report) {
    checkDefaultDeny(snapshot, report, "ingress");
  },
};
