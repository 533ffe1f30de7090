import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { classifyHostPath, mountAccess } from "../hardening/host-path.ts";
import { failure, judgeVolumes } from "../hardening/judge.ts";
import { systemNote } from "../hardening/system-namespace.ts";

/** Every hostPath that is neither a runtime socket (POD-006) nor a sensitive directory (POD-007). */
export const hostPath: Control = {
  id: "POD-008",
  title: "Pods do not mount files of the node",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.2.12"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "A hostPath volume ties a pod to one node and lets it change files that other pods, or the node, trust. The baseline standard forbids all of them.",
  remediation: "Use a persistentVolumeClaim, configMap, emptyDir or a CSI driver instead.",
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
        path: /srv/data
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
      if (place.kind !== "ordinary") return "pass";
      const path = [...workload.podSpecPath, "volumes", index, "hostPath", "path"];
      const access = mountAccess(workload, volume);
      return failure(
        path,
        `Volume "${volume.name ?? ""}" mounts ${written} of the node (${access}): a hostPath is shared with the node and all its pods${systemNote(workload)}`,
        undefined,
        access === "writable" ? "medium" : "low",
      );
    }),
};
