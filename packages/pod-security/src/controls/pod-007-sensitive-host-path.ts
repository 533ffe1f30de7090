import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { classifyHostPath, mountAccess } from "../hardening/host-path.ts";
import { failure, judgeVolumes } from "../hardening/judge.ts";
import { systemNote } from "../hardening/system-namespace.ts";

/** Severity by what the mount gives: writing, or reading credentials, is worse than reading the rest. */
export const sensitiveHostPath: Control = {
  id: "POD-007",
  title: "Pods do not mount sensitive directories of the node",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [...cis("5.2.12"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "Directories such as /, /etc, /proc, /dev or /var/lib/kubelet hold the node's credentials, other pods' secrets or programs that root runs. Reading some of them, and writing any, takes the node over.",
  remediation: "Remove the volume. Where an agent really needs a file of the node, mount that file alone and readOnly.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      volumeMounts:
        - name: host
          mountPath: /host
  volumes:
    - name: host
      hostPath:
        path: /etc
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
        - name: cache
          mountPath: /cache
  volumes:
    - name: cache
      emptyDir: {}
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeVolumes(snapshot, report, (volume, index, workload) => {
      if (volume.hostPath === undefined) return "pass";
      const written = volume.hostPath.path ?? "";
      const place = classifyHostPath(written);
      if (place.kind !== "sensitive") return "pass";
      const path = [...workload.podSpecPath, "volumes", index, "hostPath", "path"];
      const access = mountAccess(workload, volume);
      const taken = access === "writable" || (access === "read-only" && place.dangerousToRead);
      return failure(
        path,
        `Volume "${volume.name ?? ""}" mounts ${written} of the node (${access}), which gives ${place.gives}${systemNote(workload)}`,
        undefined,
        access === "writable" && place.dangerousToRead ? "critical" : taken ? "high" : "low",
      );
    }),
};
