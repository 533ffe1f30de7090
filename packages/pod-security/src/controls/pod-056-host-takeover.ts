import type { Control } from "@redoubt/control";
import { adds } from "../hardening/capability.ts";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { systemNote } from "../hardening/system-namespace.ts";

/** The single settings have controls and fixes of their own; this one says that they meet. */
export const hostTakeover: Control = {
  id: "POD-056",
  title: "No container has the means to take its node over at once",
  layer: "container",
  item: "pod-security",
  severity: "critical",
  references: [
    ...cis("5.2.2"),
    ...cis("5.2.3"),
    nsa("Kubernetes Pod security"),
    attack("T1611"),
    attack("T1055"),
    owasp("K01"),
  ],
  rationale:
    "Some settings are worse together: with the node's processes in sight and the right to enter them, one command is a root shell on the node; with the node's network and raw sockets, all of its traffic can be read.",
  remediation: "Take away at least one of the two; see the findings for each.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostPID: true
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        capabilities:
          add: [SYS_PTRACE]
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
          add: [SYS_PTRACE]
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      const { hostPID, hostNetwork } = workload.podSpec;
      if (hostPID !== true && hostNetwork !== true) return "pass";
      const path = [...view.path, "securityContext"];
      if (hostPID === true) {
        if (view.container.securityContext?.privileged === true) {
          return failure(
            [...path, "privileged"],
            `${nameOf(view)} is privileged and sees the node's processes: nsenter gives it a root shell on the node${systemNote(workload)}`,
          );
        }
        const means = ["SYS_PTRACE", "SYS_ADMIN"].find((capability) => adds(view.container, capability));
        if (means !== undefined) {
          return failure(
            [...path, "capabilities", "add"],
            `${nameOf(view)} has ${means} and sees the node's processes: it can run code in any of them, as root on the node${systemNote(workload)}`,
          );
        }
      }
      if (hostNetwork !== true || view.container.securityContext?.privileged === true) return "pass";
      const sniffs = ["NET_RAW", "NET_ADMIN"].find((capability) => adds(view.container, capability));
      return sniffs === undefined
        ? "pass"
        : failure(
            [...path, "capabilities", "add"],
            `${nameOf(view)} has ${sniffs} on the node's network: it can read or redirect the traffic of every pod there${systemNote(workload)}`,
            undefined,
            "high",
          );
    }),
};
