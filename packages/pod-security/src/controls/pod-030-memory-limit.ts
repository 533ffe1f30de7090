import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { hasNamespaceDefault } from "../hardening/limit-range.ts";

/** A limit of the whole pod, or a LimitRange of the namespace, counts too. There is no fix: only the owner knows the amount. */
export const memoryLimit: Control = {
  id: "POD-030",
  title: "Containers have a memory limit",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1499"), attack("T1496"), owasp("K01")],
  rationale:
    "A container without a memory limit can take the memory of the whole node, by a leak or on purpose, and the kernel then kills other pods.",
  remediation: "Set resources.limits.memory to what the program needs at its peak.",
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
          memory: 256Mi
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (view.role === "ephemeral") return "not-applicable";
      if (view.container.resources?.limits?.["memory"] !== undefined) return "pass";
      if (workload.podSpec.resources?.limits?.["memory"] !== undefined) return "pass";
      if (hasNamespaceDefault(snapshot, workload.namespace, "default", "memory")) return "pass";
      return failure(
        [...view.path, "resources", "limits", "memory"],
        `${nameOf(view)} has no memory limit: it can take the node's memory until other pods are killed`,
      );
    }),
};
