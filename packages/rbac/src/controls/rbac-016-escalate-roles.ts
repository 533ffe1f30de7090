import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const escalateRoles: Control = permissionControl(PERMISSIONS.escalateRoles, {
  id: "RBAC-016",
  title: "The escalate verb",
  references: [...cis("5.1.8"), nsa, attack("T1098.006"), owasp],
  rationale:
    "The API server stops people from writing roles with more rights than they have themselves. `escalate` is the exemption from that rule.",
  remediation:
    "Remove the verb. Controllers that install roles need the rights of those roles instead, which keeps the check in place.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["rbac.authorization.k8s.io"]
    resources: [clusterroles]
    verbs: [escalate, update]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["rbac.authorization.k8s.io"]
    resources: [clusterroles]
    verbs: [get, list]
`,
  },
});
