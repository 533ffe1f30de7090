import type { Control } from "@redoubt/control";
import { networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const policiesWithoutNamespace: Control = {
  id: "NET-014",
  title: "Policies that land in another namespace than their neighbours",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "A manifest without metadata.namespace goes to the namespace of whoever applies it, usually default. A policy acts in its own namespace only, so there it protects nothing and allows nothing.",
  remediation: "Write metadata.namespace.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
    matchLabels: { app: web }
  ingress: []
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
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
    const policies = networkPolicies(snapshot).filter(({ object }) => object.origin.kind === "file");
    const byFile = Map.groupBy(policies, ({ object }) => (object.origin.kind === "file" ? object.origin.file : ""));
    for (const ofFile of byFile.values()) {
      const placed = ofFile.filter(({ object }) => object.value.metadata?.namespace !== undefined);
      const neighbours = [...new Set(placed.map(({ namespace }) => namespace))];
      for (const policy of ofFile) {
        if (policy.object.value.metadata?.namespace !== undefined || neighbours.length === 0) {
          report.pass(policy.object);
          continue;
        }
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} has no namespace and is applied to ${policy.namespace}, while the same file puts ${placed[0]?.name ?? ""} into ${neighbours.join(", ")}: it neither protects nor allows anything there.`,
          path: ["metadata"],
        });
      }
    }
  },
};
