import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const writeNodes: Control = permissionControl(PERMISSIONS.writeNodes, {
  id: "RBAC-026",
  title: "Roles that change Nodes",
  references: [nsa, owasp],
  rationale:
    "Labels, taints and the status of nodes steer where Pods run. Who can change them can draw sensitive workloads to a node they own or push them off others.",
  remediation: "Leave nodes to the control plane, the kubelets and the node autoscaler.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [nodes]
    verbs: [patch, update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: app
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: app
subjects:
  - kind: ServiceAccount
    name: app
    namespace: shop
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [nodes]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: app
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: app
subjects:
  - kind: ServiceAccount
    name: app
    namespace: shop
`,
  },
});
