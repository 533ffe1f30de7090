import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";

/** Jobs end by themselves, and single pods are POD-042. */
export const missingProbes: Control = {
  id: "POD-043",
  title: "Long-running containers are probed",
  layer: "application",
  item: "pod-security",
  severity: "info",
  references: [nsa("Kubernetes Pod security"), attack("T1499"), owasp("K01")],
  rationale:
    "Without a readiness probe traffic goes to containers that cannot serve it, and without a liveness probe one that was driven into a deadlock stays there.",
  remediation: "Add a readinessProbe, and a livenessProbe where the program can hang.",
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
          readinessProbe:
            httpGet:
              path: /ready
              port: 8080
          livenessProbe:
            httpGet:
              path: /live
              port: 8080
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (view.role !== "container" || !LONG_RUNNING.has(workload.object.known ?? "")) return "not-applicable";
      const { livenessProbe, readinessProbe } = view.container;
      if (livenessProbe !== undefined && readinessProbe !== undefined) return "pass";
      if (livenessProbe === undefined && readinessProbe === undefined)
        return failure(view.path, `${nameOf(view)} has neither a readiness nor a liveness probe`);
      return readinessProbe === undefined
        ? failure([...view.path, "readinessProbe"], `${nameOf(view)} has no readiness probe`)
        : failure([...view.path, "livenessProbe"], `${nameOf(view)} has no liveness probe`);
    }),
};

const LONG_RUNNING: ReadonlySet<string> = new Set([
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "ReplicationController",
]);
