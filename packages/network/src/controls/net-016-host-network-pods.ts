import type { Control } from "@redoubt/control";
import { selectsWorkload } from "../engine/policy-selection.ts";
import { networkPolicies } from "../model/policy.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const hostNetworkPods: Control = {
  id: "NET-016",
  title: "Policies for pods on the host network",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1046"), owasp],
  rationale:
    "A pod on the host network has the address of its node. Policies do not act on it, neither to protect it nor to limit it, even when their labels match.",
  remediation: "Give the pod its own network (hostNetwork: false), or guard it with the firewall of the nodes.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: { app: web }
spec:
  hostNetwork: true
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
    for (const workload of snapshot.workloads) {
      const selecting = networkPolicies(snapshot).filter((policy) => selectsWorkload(policy, workload));
      if (selecting.length === 0) continue;
      if (workload.podSpec.hostNetwork !== true) {
        report.pass(workload.object);
        continue;
      }
      report.fail(workload.object, {
        message: `The pods of ${workload.object.kind} ${workload.object.name} are on the host network, so NetworkPolicy ${selecting[0]?.name ?? ""}, which selects them, has no effect on them.`,
        path: [...workload.podSpecPath, "hostNetwork"],
      });
    }
  },
};
