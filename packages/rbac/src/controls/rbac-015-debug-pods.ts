import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const debugPods: Control = permissionControl(PERMISSIONS.debugPods, {
  id: "RBAC-015",
  title: "Roles that add ephemeral containers",
  references: [nsa, attack("T1609"), owasp],
  rationale:
    "kubectl debug adds a container of any image to a running Pod: it shares the network and, with a target, the processes of the others.",
  remediation:
    "Remove `pods/ephemeralcontainers` from standing roles and grant it for the time of a debugging session.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods/ephemeralcontainers]
    verbs: [patch]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
`,
  },
});
