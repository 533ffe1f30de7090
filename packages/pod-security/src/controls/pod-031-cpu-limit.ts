import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { hasNamespaceDefault } from "../hardening/limit-range.ts";

/** A limit of the whole pod, or a LimitRange of the namespace, counts too. */
export const cpuLimit: Control = {
  id: "POD-031",
  title: "Containers have a CPU limit",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1499"), attack("T1496"), owasp("K01")],
  rationale:
    "Stolen CPU time pays attackers: a container without a CPU limit lets a miner use every idle core of the node.",
  remediation:
    "Set resources.limits.cpu; where throttling hurts, set a request for every pod of the node and accept this finding with a reason.",
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
          cpu: 500m
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (view.role === "ephemeral") return "not-applicable";
      if (view.container.resources?.limits?.["cpu"] !== undefined) return "pass";
      if (workload.podSpec.resources?.limits?.["cpu"] !== undefined) return "pass";
      if (hasNamespaceDefault(snapshot, workload.namespace, "default", "cpu")) return "pass";
      return failure(
        [...view.path, "resources", "limits", "cpu"],
        `${nameOf(view)} has no CPU limit: mining or a runaway loop in it takes all CPU time that others did not request`,
      );
    }),
};
