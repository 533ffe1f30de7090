import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { systemNote } from "../hardening/system-namespace.ts";

/** The API server allows it to privileged containers alone. */
export const mountPropagation: Control = {
  id: "POD-066",
  title: "Mounts do not propagate to the node",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "With Bidirectional propagation whatever a container mounts appears on the node and in other pods: over a system directory it replaces programs that the node runs.",
  remediation: "Remove mountPropagation; only storage drivers need it, as privileged pods in namespaces of their own.",
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
        privileged: true
      volumeMounts:
        - name: data
          mountPath: /data
          mountPropagation: Bidirectional
  volumes:
    - name: data
      emptyDir: {}
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      volumeMounts:
        - name: data
          mountPath: /data
  volumes:
    - name: data
      emptyDir: {}
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      const mounts = view.container.volumeMounts;
      if (mounts === undefined) return "pass";
      const index = mounts.findIndex(({ mountPropagation: propagation }) => propagation === "Bidirectional");
      if (index < 0) return "pass";
      return failure(
        [...view.path, "volumeMounts", index, "mountPropagation"],
        `${nameOf(view)} propagates its mounts at ${mounts[index]?.mountPath ?? ""} to the node and to other pods${systemNote(workload)}`,
      );
    }),
};
