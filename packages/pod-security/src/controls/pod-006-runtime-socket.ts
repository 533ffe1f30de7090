import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { classifyHostPath } from "../hardening/host-path.ts";
import { failure, judgeVolumes } from "../hardening/judge.ts";
import { systemNote } from "../hardening/system-namespace.ts";

/** Sockets of Docker, containerd, CRI-O and Podman, also by their other spellings. */
export const runtimeSocket: Control = {
  id: "POD-006",
  title: "Pods do not mount the container runtime's socket",
  layer: "container",
  item: "pod-security",
  severity: "critical",
  references: [...cis("5.2.12"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "The runtime's socket starts any container with any mount: holding it is being root on the node. A read-only mount does not help, since a socket is connected to and not written.",
  remediation:
    "Remove the volume; build images with a rootless builder and read container state through the Kubernetes API.",
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
        path: /var/run/docker.sock
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
      if (place.kind !== "socket") return "pass";
      const path = [...workload.podSpecPath, "volumes", index, "hostPath", "path"];
      return failure(
        path,
        `Volume "${volume.name ?? ""}" mounts ${written} of the node, which gives ${place.gives}${systemNote(workload)}`,
      );
    }),
};
