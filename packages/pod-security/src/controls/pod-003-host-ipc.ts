import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: `hostIPC`. */
export const hostIpc: Control = {
  id: "POD-003",
  title: "Pods do not share the node's IPC namespace",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [...cis("5.2.4"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "With hostIPC a container reads and changes shared memory of the node's processes and of other pods that share it, which databases and browsers use for their data.",
  remediation: "Remove hostIPC, or set it to false.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostIPC: true
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
      if (workload.podSpec.hostIPC !== true) return "pass";
      const path = [...workload.podSpecPath, "hostIPC"];
      return failure(
        path,
        `The pod sets hostIPC: true: it can read and write the shared memory and message queues of the node's processes${systemNote(workload)}`,
        unlessSystem(workload, {
          description: "Remove hostIPC.",
          edits: [{ op: "remove", path }],
          caution: "A program that shares memory with processes of the node stops working.",
        }),
      );
    }),
};
