import type { Control } from "@redoubt/control";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";

/** In a file they are an export of a debugged pod; in a cluster they are a trace of somebody's session. */
export const ephemeralContainer: Control = {
  id: "POD-045",
  title: "Manifests hold no debug containers",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1609"), owasp("K01")],
  rationale:
    "Ephemeral containers are for kubectl debug: they appear in a running pod, bring their own tools, and stay in the pod's record. In a manifest the API server refuses them.",
  remediation: "Remove ephemeralContainers from the manifest; replace a running pod that was debugged.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
  ephemeralContainers:
    - name: debugger
      image: registry.example.com/tools:1.0.0
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const debuggers = workload.podSpec.ephemeralContainers;
      if (debuggers === undefined || debuggers.length === 0) return "pass";
      const path = [...workload.podSpecPath, "ephemeralContainers"];
      const names = debuggers.map(({ name }) => `"${name ?? ""}"`).join(", ");
      return workload.object.origin.kind === "cluster"
        ? failure(path, `Somebody added ${names} to the running pod to debug it: replace the pod once that is over`)
        : failure(path, `The manifest holds the ephemeral container ${names}: the API server refuses to create it`, {
            description: "Remove ephemeralContainers.",
            edits: [{ op: "remove", path }],
          });
    }),
};
