import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";

/** Pod Security Standards, baseline: `procMount`; absent means Default. */
export const procMount: Control = {
  id: "POD-010",
  title: "Containers keep the masked /proc",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "Runtimes hide parts of /proc and make others read-only. Unmasked gives them back: kernel memory, interrupts and kernel settings of the node.",
  remediation:
    "Remove procMount, or set it to Default. Nested containers need user namespaces (hostUsers: false) for it.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: builder
spec:
  hostUsers: false
  containers:
    - name: builder
      image: registry.example.com/builder:2.1.0
      securityContext:
        procMount: Unmasked
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: builder
spec:
  containers:
    - name: builder
      image: registry.example.com/builder:2.1.0
      securityContext:
        procMount: Default
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      const mount = view.container.securityContext?.procMount;
      if (mount === undefined || mount === "" || mount === "Default") return "pass";
      const path = [...view.path, "securityContext", "procMount"];
      const isolated = workload.podSpec.hostUsers === false;
      return failure(
        path,
        isolated
          ? `${nameOf(view)} mounts /proc as ${mount}: in its own user namespace that exposes the kernel's settings for reading, and the restricted standard refuses it`
          : `${nameOf(view)} mounts /proc as ${mount}, which exposes the node's kernel memory and settings; the API server refuses it without hostUsers: false`,
        view.role === "ephemeral"
          ? undefined
          : {
              description: `Set procMount to Default for container "${view.name}".`,
              edits: [{ op: "set", path, value: "Default" }],
              caution: "Building or running containers inside this container may need Unmasked.",
            },
        isolated ? "low" : "high",
      );
    }),
};
