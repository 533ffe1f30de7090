import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const kubeletApi: Control = permissionControl(PERMISSIONS.kubeletApi, {
  id: "RBAC-020",
  title: "Access to nodes/proxy",
  references: [...cis("5.1.10"), nsa, attack("T1609"), owasp],
  rationale:
    "The proxy subresource of nodes is the kubelet API: logs, metrics, and commands in every container of the node. Admission control and the audit log do not see what is done through it.",
  remediation:
    "Monitoring needs `nodes/metrics` and `nodes/stats`, not `nodes/proxy`; Kubernetes 1.33 and later authorize the kubelet by finer subresources.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [nodes/proxy]
    verbs: [get]
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
    resources: [nodes/metrics]
    verbs: [get]
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
