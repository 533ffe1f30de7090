import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const createVolumes: Control = permissionControl(PERMISSIONS.createVolumes, {
  id: "RBAC-024",
  title: "Roles that create PersistentVolumes",
  references: [...cis("5.1.9"), nsa, attack("T1611"), owasp],
  rationale:
    "A PersistentVolume can be a directory of the node. Pod Security looks at the volumes of a Pod, not at what is behind a claim.",
  remediation: "Let a StorageClass create volumes; keep the right with the provisioner.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [persistentvolumes]
    verbs: [create]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [persistentvolumeclaims]
    verbs: [create]
`,
  },
});
