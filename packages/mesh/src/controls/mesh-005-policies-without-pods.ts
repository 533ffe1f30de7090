import type { Control } from "@redoubt/control";
import { labelsMatch } from "../engine/policy-selection.ts";
import { ROOT_NAMESPACE, meshPolicies } from "../model/policies.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const policiesWithoutPods: Control = {
  id: "MESH-005",
  title: "Mesh policies that select no pod",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale: "A policy whose labels match no pod protects nothing, while its author believes that it does.",
  remediation: "Make the selector match the labels of the pod template.",
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
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  mtls:
    mode: STRICT
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
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  mtls:
    mode: STRICT
`,
  },
  fixable: false,
  check(snapshot, report) {
    const workloads = Map.groupBy(snapshot.workloads, ({ namespace }) => namespace);
    const { peerAuthentications, authorizationPolicies, requestAuthentications } = meshPolicies(snapshot);
    for (const policy of [...peerAuthentications, ...authorizationPolicies, ...requestAuthentications]) {
      const { selector } = policy;
      // A policy of the root namespace may select pods anywhere; a PeerAuthentication there only its own.
      const candidates = policy.namespace === ROOT_NAMESPACE ? [] : (workloads.get(policy.namespace) ?? []);
      if (selector === undefined || candidates.length === 0) continue;
      if (candidates.some(({ podLabels }) => labelsMatch(selector, podLabels))) {
        report.pass(policy.object);
        continue;
      }
      const labels = Object.entries(selector)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
      report.fail(policy.object, {
        message: `${policy.object.kind} ${policy.name} selects pods with ${labels}, which none of the ${candidates.length} workloads given in namespace ${policy.namespace} carries.`,
        path: ["spec", "selector", "matchLabels"],
      });
    }
  },
};
