import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { hasNamespaceDefault } from "../hardening/limit-range.ts";

/** Logs, emptyDir volumes and the writable layer. A LimitRange of the namespace counts too. */
export const ephemeralStorageLimit: Control = {
  id: "POD-032",
  title: "Containers have a limit for local storage",
  layer: "container",
  item: "pod-security",
  severity: "info",
  references: [nsa("Kubernetes Pod security"), attack("T1499"), attack("T1496"), owasp("K01")],
  rationale:
    "Logs, emptyDir volumes and the writable layer share the node's disk. Filling it evicts other pods and stops audit and log collection.",
  remediation: "Set resources.limits.ephemeral-storage.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      resources:
        limits:
          ephemeral-storage: 1Gi
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (view.role === "ephemeral") return "not-applicable";
      if (view.container.resources?.limits?.["ephemeral-storage"] !== undefined) return "pass";
      if (hasNamespaceDefault(snapshot, workload.namespace, "default", "ephemeral-storage")) return "pass";
      return failure(
        [...view.path, "resources", "limits", "ephemeral-storage"],
        `${nameOf(view)} has no limit for local storage: its logs and files can fill the node's disk until pods are evicted`,
      );
    }),
};
