import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { runsOnWindows } from "../hardening/operating-system.ts";
import { unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, restricted: `capabilities.drop` has `ALL`, spelled so. */
export const dropCapabilities: Control = {
  id: "POD-018",
  title: "Containers drop all capabilities",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.2.8"), ...cis("5.2.10"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "Runtimes give every root process a dozen capabilities, among them NET_RAW (spoofing other pods) and MKNOD. Few programs use any of them.",
  remediation:
    "Set capabilities.drop to [ALL] and add back what the program needs; the restricted standard allows NET_BIND_SERVICE.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        capabilities:
          drop: [NET_RAW]
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        capabilities:
          drop: [ALL]
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (runsOnWindows(workload.podSpec)) return "not-applicable";
      const dropped = view.container.securityContext?.capabilities?.drop;
      if (dropped !== undefined && dropped.includes("ALL")) return "pass";
      const path = [...view.path, "securityContext", "capabilities", "drop"];
      const misspelled = dropped?.find((capability) => capability.toUpperCase() === "ALL");
      return failure(
        path,
        misspelled !== undefined
          ? `${nameOf(view)} drops "${misspelled}", which the restricted standard does not take for ALL`
          : dropped === undefined || dropped.length === 0
            ? `${nameOf(view)} drops no capability: as root it keeps the runtime's default set, NET_RAW and others included`
            : `${nameOf(view)} drops ${dropped.join(", ")} but not ALL: as root it keeps the rest of the runtime's default set`,
        view.role === "ephemeral"
          ? undefined
          : unlessSystem(workload, {
              description: `Drop all capabilities of container "${view.name}".`,
              edits: [{ op: "set", path, value: ["ALL"] }],
              caution:
                "A program that starts as root and changes user or file owners needs another image or user instead.",
            }),
        misspelled === undefined ? undefined : "low",
      );
    }),
};
