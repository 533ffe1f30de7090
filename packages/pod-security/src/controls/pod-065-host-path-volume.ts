import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { classifyHostPath } from "../hardening/host-path.ts";
import { failure } from "../hardening/judge.ts";

/** The `local` type is left alone: an administrator must prepare its disk. */
export const hostPathPersistentVolume: Control = {
  id: "POD-065",
  title: "PersistentVolumes are not directories of a node",
  layer: "infrastructure",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.2.12"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "A hostPath inside a PersistentVolume passes every Pod Security Standard, since the pod only names a claim. Whoever binds the claim has the node's directory.",
  remediation: "Use a storage class with a real driver, or a local volume on a disk of its own.",
  examples: {
    failing: `apiVersion: v1
kind: PersistentVolume
metadata:
  name: data
spec:
  capacity:
    storage: 10Gi
  accessModes: [ReadWriteOnce]
  hostPath:
    path: /var/lib/data
`,
    passing: `apiVersion: v1
kind: PersistentVolume
metadata:
  name: data
spec:
  capacity:
    storage: 10Gi
  accessModes: [ReadWriteOnce]
  csi:
    driver: disk.example.com
    volumeHandle: disk-1
`,
  },
  fixable: false,
  check: (snapshot, report) => {
    for (const volume of snapshot.list("PersistentVolume")) {
      const hostPath = volume.value.spec?.hostPath;
      if (hostPath === undefined) {
        report.pass(volume);
        continue;
      }
      const written = hostPath.path ?? "";
      const place = classifyHostPath(written);
      report.fail(
        volume,
        failure(
          ["spec", "hostPath", "path"],
          `PersistentVolume "${volume.name}" is ${written} of the node, which gives ${place.gives} to whoever binds it, past Pod Security`,
          undefined,
          place.kind === "socket" ? "critical" : place.kind === "sensitive" ? "high" : undefined,
        ),
      );
    }
  },
};
