import type { Control } from "@redoubt/control";
import { meshNamespaces } from "../engine/membership.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const hostNetworkMembers: Control = {
  id: "MESH-020",
  title: "Pods on the host network in a mesh namespace",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "Istio injects no sidecar into pods on the host network, and ambient mode leaves them out: they are in the namespace and not in the mesh.",
  remediation: "Give the pods their own network (hostNetwork: false), or move them to a namespace outside the mesh.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
---
apiVersion: v1
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
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: { app: web }
spec:
  containers:
    - name: app
      image: registry.example.com/web:1
`,
  },
  fixable: false,
  check(snapshot, report) {
    const namespaces = meshNamespaces(snapshot);
    for (const workload of snapshot.workloads) {
      if (!namespaces.has(workload.namespace)) continue;
      if (workload.podSpec.hostNetwork !== true) {
        report.pass(workload.object);
        continue;
      }
      report.fail(workload.object, {
        message: `The pods of ${workload.object.kind} ${workload.object.name} are on the host network, so they stay outside the mesh although namespace ${workload.namespace} is in it.`,
        path: [...workload.podSpecPath, "hostNetwork"],
      });
    }
  },
};
