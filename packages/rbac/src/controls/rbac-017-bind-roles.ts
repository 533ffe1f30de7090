import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const bindRoles: Control = permissionControl(PERMISSIONS.bindRoles, {
  id: "RBAC-017",
  title: "The bind verb",
  references: [...cis("5.1.8"), nsa, attack("T1098.006"), owasp],
  rationale:
    "The API server stops people from binding roles that have more rights than they have themselves. `bind` is the exemption from that rule.",
  remediation: "Name the roles that may be handed out in resourceNames, and leave out cluster-admin and admin.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["rbac.authorization.k8s.io"]
    resources: [clusterroles]
    verbs: [bind]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["rbac.authorization.k8s.io"]
    resources: [clusterroles]
    verbs: [get]
`,
  },
});
