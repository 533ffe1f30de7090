import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { hasNamespaceDefault } from "../hardening/limit-range.ts";

const RESOURCES = ["cpu", "memory"] as const;

/** A limit without a request is the request too, as the API server fills it in. */
export const resourceRequests: Control = {
  id: "POD-033",
  title: "Containers request CPU and memory",
  layer: "container",
  item: "pod-security",
  severity: "info",
  references: [nsa("Kubernetes Pod security"), attack("T1499"), owasp("K01")],
  rationale:
    "The scheduler reserves only what is requested. A pod without requests is the first to be starved or evicted when a neighbour misbehaves, security agents included.",
  remediation: "Set resources.requests.cpu and resources.requests.memory to normal use.",
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
        requests:
          cpu: 100m
          memory: 128Mi
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (view.role === "ephemeral") return "not-applicable";
      const own = view.container.resources;
      const pod = workload.podSpec.resources;
      let missing: string | undefined;
      for (const resource of RESOURCES) {
        if (own?.requests?.[resource] !== undefined || own?.limits?.[resource] !== undefined) continue;
        if (pod?.requests?.[resource] !== undefined || pod?.limits?.[resource] !== undefined) continue;
        if (hasNamespaceDefault(snapshot, workload.namespace, "defaultRequest", resource)) continue;
        missing = missing === undefined ? resource : `${missing} or ${resource}`;
      }
      if (missing === undefined) return "pass";
      return failure(
        [...view.path, "resources", "requests"],
        `${nameOf(view)} requests no ${missing}: under pressure it is starved or evicted first`,
      );
    }),
};
