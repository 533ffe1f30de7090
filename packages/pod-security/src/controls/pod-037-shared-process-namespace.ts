import type { Control } from "@redoubt/control";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";

/** Each process of the pod is visible, by way of `/proc/PID/root` with its files, to every container of it. */
export const sharedProcessNamespace: Control = {
  id: "POD-037",
  title: "Containers of a pod do not share processes",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1057"), owasp("K01")],
  rationale:
    "With shareProcessNamespace every container of the pod sees the others' processes and, through /proc, their files and environment variables. One broken sidecar is then all of them.",
  remediation: "Remove shareProcessNamespace; have containers talk over localhost or a shared volume.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  shareProcessNamespace: true
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
    - name: proxy
      image: registry.example.com/proxy:2.0.0
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
    - name: proxy
      image: registry.example.com/proxy:2.0.0
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (workload.podSpec.shareProcessNamespace !== true) return "pass";
      const path = [...workload.podSpecPath, "shareProcessNamespace"];
      return failure(
        path,
        "The pod sets shareProcessNamespace: true: each container sees the processes, files and environment variables of the others",
        {
          description: "Remove shareProcessNamespace.",
          edits: [{ op: "remove", path }],
          caution: "A sidecar that signals or inspects processes of another container stops working.",
        },
      );
    }),
};
