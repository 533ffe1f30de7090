import type { Control } from "@redoubt/control";
import { INJECT, injectionChoice, meshNamespaces } from "../engine/membership.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const refusedInjection: Control = {
  id: "MESH-018",
  title: "Pods that refuse the sidecar",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "A pod without a sidecar in a namespace of the mesh speaks plaintext, has no identity, and no AuthorizationPolicy guards it.",
  remediation: 'Remove sidecar.istio.io/inject: "false" where the workload can run with a proxy.',
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
  labels: { app: web, sidecar.istio.io/inject: "false" }
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
      // Pods on the host network get no sidecar anyway; that is another control's finding.
      if (namespaces.get(workload.namespace)?.injects !== true || workload.podSpec.hostNetwork === true) continue;
      if (injectionChoice(workload) !== "false") {
        report.pass(workload.object);
        continue;
      }
      const field = Object.hasOwn(workload.podLabels, INJECT) ? "labels" : "annotations";
      report.fail(workload.object, {
        message: `The pods of ${workload.object.kind} ${workload.object.name} refuse the sidecar that namespace ${workload.namespace} injects: they speak plaintext, and no mesh policy guards them.`,
        path: [...workload.templatePath, "metadata", field, INJECT],
      });
    }
  },
};
