import type { Control } from "@redoubt/control";
import type { Workload } from "@redoubt/kube";
import { dnsFix, dnsVerdicts } from "../engine/dns-verdicts.ts";
import { describeSelector } from "../engine/selector-text.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const dnsCutOff: Control = {
  id: "NET-010",
  title: "Pods that cannot resolve names",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "A policy for egress denies DNS with everything else. The other connections it allows then fail too, because their names cannot be looked up, and people remove the policy altogether.",
  remediation: "Allow UDP and TCP port 53 to the DNS pods of kube-system for the same pods.",
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
  policyTypes: [Egress]
  egress:
    - to:
        - podSelector:
            matchLabels: { app: database }
      ports: [{ port: 5432 }]
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
  policyTypes: [Egress]
  egress:
    - to:
        - podSelector:
            matchLabels: { app: database }
      ports: [{ port: 5432 }]
    - to:
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: kube-system }
      ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const { policy, cutOff, nothingAllowed } of dnsVerdicts(snapshot)) {
      if (!cutOff.denied) {
        report.pass(policy.object);
        continue;
      }
      const who = cutOff.workloads.length === 0 ? describeSelector(policy.podSelector) : named(cutOff.workloads);
      const rest = nothingAllowed
        ? "no policy given allows any outgoing connection"
        : "what the policies allow does not include port 53 of the DNS pods in kube-system";
      report.fail(policy.object, {
        message: `NetworkPolicy ${policy.name} cuts ${who} off from DNS: ${rest}, so names of other services do not resolve.`,
        path: policy.rules.some(({ direction }) => direction === "egress")
          ? ["spec", "egress"]
          : ["spec", "policyTypes"],
        severity: nothingAllowed ? "low" : "medium",
        ...(nothingAllowed ? {} : { fix: dnsFix(policy) }),
      });
    }
  },
};

function named(workloads: readonly Workload[]): string {
  const names = workloads.slice(0, 3).map(({ object }) => `${object.kind} ${object.name}`);
  return names.join(", ") + (workloads.length > 3 ? ` and ${workloads.length - 3} more` : "");
}
