import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: `hostPID`. */
export const hostPid: Control = {
  id: "POD-002",
  title: "Pods do not share the node's process namespace",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [...cis("5.2.3"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "With hostPID a container sees every process of the node, reads their environment and open files under /proc, and with a little more privilege enters them.",
  remediation: "Remove hostPID, or set it to false.",
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
      if (workload.podSpec.hostPID !== true) return "pass";
      const path = [...workload.podSpecPath, "hostPID"];
      return failure(
        path,
        `The pod sets hostPID: true: every process of the node is visible to it, with its environment variables, and can be signalled or traced${systemNote(workload)}`,
        unlessSystem(workload, {
          description: "Remove hostPID.",
          edits: [{ op: "remove", path }],
          caution: "A node agent that inspects processes of the node stops working.",
        }),
      );
    }),
};
