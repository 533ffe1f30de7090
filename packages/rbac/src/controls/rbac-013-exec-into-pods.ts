import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const execIntoPods: Control = permissionControl(PERMISSIONS.execIntoPods, {
  id: "RBAC-013",
  title: "Roles that run commands in Pods",
  references: [nsa, attack("T1609"), owasp],
  rationale:
    "kubectl exec and attach give a shell with everything the container has: its token, its Secrets, its network access. Nothing of it passes admission control of Pods.",
  remediation:
    "Remove `pods/exec` and `pods/attach` from standing roles; grant them for the time of an incident through a separate role and binding.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods/exec]
    verbs: [create]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods/log]
    verbs: [get]
`,
  },
});
