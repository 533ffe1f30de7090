import type { Control } from "@redoubt/control";
import type { LabelSelector, Workload } from "@redoubt/kube";
import { selectsWorkload } from "../engine/policy-selection.ts";
import { contradiction } from "../engine/selector-satisfiability.ts";
import { describeSelector } from "../engine/selector-text.ts";
import { networkPolicies } from "../model/policy.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const policiesWithoutPods: Control = {
  id: "NET-003",
  title: "Policies that select no pod",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1046"), owasp],
  rationale: "A policy whose labels match no pod protects nothing, while its author believes that it does.",
  remediation:
    "Make the podSelector match the labels of the pod template; they differ from the labels of the Deployment itself.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: { app: webshop }
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
  policyTypes: [Ingress]
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
  policyTypes: [Ingress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: quarantine
  namespace: shop
spec:
  podSelector:
    matchLabels: { quarantine: "true" }
  policyTypes: [Ingress, Egress]
`,
  },
  fixable: false,
  check(snapshot, report) {
    const workloads = Map.groupBy(snapshot.workloads, ({ namespace }) => namespace);
    for (const policy of networkPolicies(snapshot)) {
      const candidates = workloads.get(policy.namespace) ?? [];
      // Without the namespace's workloads nothing tells what the policy selects.
      if (candidates.length === 0 || contradiction(policy.podSelector) !== undefined) continue;
      if (isQuarantine(policy.podSelector) || candidates.some((workload) => selectsWorkload(policy, workload))) {
        report.pass(policy.object);
        continue;
      }
      report.fail(policy.object, {
        message: `NetworkPolicy ${policy.name} selects ${describeSelector(policy.podSelector)}, which none of the ${candidates.length} workloads given in namespace ${policy.namespace} carries${nearMiss(policy.podSelector, candidates)}.`,
        path: ["spec", "podSelector"],
      });
    }
  },
};

/** A policy that waits for an incident selects nothing until somebody sets its label. */
function isQuarantine(selector: LabelSelector): boolean {
  return Object.entries(selector.matchLabels ?? {}).some((label) => /quarantin|isolat/i.test(label.join("=")));
}

/** The values that a selector's own keys have on the workloads, when they differ. */
function nearMiss(selector: LabelSelector, workloads: readonly Workload[]): string {
  for (const key of Object.keys(selector.matchLabels ?? {})) {
    const values = [
      ...new Set(workloads.flatMap(({ podLabels }) => (Object.hasOwn(podLabels, key) ? (podLabels[key] ?? "") : []))),
    ];
    if (values.length > 0 && !values.includes(selector.matchLabels?.[key] ?? "")) {
      return ` (label ${key} there is ${values.slice(0, 3).join(", ")})`;
    }
  }
  return "";
}
