import type { Control } from "@redoubt/control";
import { checkDefaultDeny } from "../engine/default-deny.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const defaultDenyEgress: Control = {
  id: "NET-002",
  title: "Namespaces without a default deny for outgoing traffic",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [cis("5.3.2"), nsa, attack("T1046"), owasp],
  rationale:
    "Without a policy for egress, a broken-into container can call home, scan the cluster, and reach the cloud's metadata service.",
  remediation:
    "Add a NetworkPolicy with an empty podSelector and policyTypes Egress that allows DNS only, then one policy for each connection that is meant.",
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
  name: default-deny-egress
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Egress]
`,
  },
  fixable: true,
  check(snapshot, report) {
    checkDefaultDeny(snapshot, report, "egress");
  },
};
