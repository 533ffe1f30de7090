import type { Control } from "@redoubt/control";
import type { Volume } from "@redoubt/kube";
import { VOLUME_SOURCES } from "../engine/checks/restricted-volumes.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeVolumes } from "../hardening/judge.ts";

const ALLOWED: ReadonlySet<keyof Volume> = new Set<keyof Volume>([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** Pod Security Standards, restricted: volume types. hostPath has controls of its own. */
export const volumeTypes: Control = {
  id: "POD-023",
  title: "Pods use only volume types of the restricted standard",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "A volume written out in the pod (nfs, iscsi, rbd and so on) mounts any server with the node's privileges. gitRepo even runs git as root on the node.",
  remediation:
    "Describe the storage in a PersistentVolume or StorageClass and mount it through a persistentVolumeClaim.",
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
        - name: content
          mountPath: /content
  volumes:
    - name: content
      nfs:
        server: files.example.com
        path: /content
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
        - name: content
          mountPath: /content
  volumes:
    - name: content
      persistentVolumeClaim:
        claimName: content
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeVolumes(snapshot, report, (volume, index, workload) => {
      const source = VOLUME_SOURCES.find((candidate) => volume[candidate] !== undefined && !ALLOWED.has(candidate));
      if (source === undefined || source === "hostPath") return "pass";
      return failure(
        [...workload.podSpecPath, "volumes", index, source],
        source === "gitRepo"
          ? `Volume "${volume.name ?? ""}" is a gitRepo: the kubelet runs git as root on the node over a repository that the pod chooses`
          : `Volume "${volume.name ?? ""}" is of type ${source}, which the restricted standard does not allow`,
        undefined,
        source === "gitRepo" ? "high" : undefined,
      );
    }),
};
