import type { Control } from "@redoubt/control";
import { meshNamespaces } from "../engine/membership.ts";
import { proxyBypasses } from "../engine/proxy-bypass.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const bypassedProxy: Control = {
  id: "MESH-019",
  title: "Traffic that goes past the sidecar",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "Ports and addresses that are excluded from redirection reach the application, or leave it, without mTLS, without authorization and without a trace.",
  remediation:
    "Remove the annotation; where a client outside the mesh must reach one port, allow it with a port-level PERMISSIVE mode, which keeps authorization.",
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
  annotations:
    traffic.sidecar.istio.io/excludeInboundPorts: "8080"
spec:
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
      const bypasses = proxyBypasses(workload);
      for (const { annotation, effect } of bypasses) {
        report.fail(workload.object, {
          message: `${workload.object.kind} ${workload.object.name} takes traffic past its sidecar: ${effect}.`,
          path: [...workload.templatePath, "metadata", "annotations", annotation],
        });
      }
      if (bypasses.length === 0) report.pass(workload.object);
    }
  },
};
