import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const readSecrets: Control = permissionControl(PERMISSIONS.readSecrets, {
  id: "RBAC-010",
  title: "Roles that read Secrets",
  references: [...cis("5.1.2"), nsa, attack("T1552.007"), owasp],
  rationale:
    "Whoever can read the Secrets of a namespace has its database passwords, TLS keys and long-lived tokens. `list` and `watch` return the values as well, so they are no milder than `get`.",
  remediation:
    "Mount the one Secret that a workload needs instead of letting it read Secrets through the API; where a controller must, grant `get` with resourceNames in one namespace.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get, list, watch]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list, watch]
`,
  },
});
