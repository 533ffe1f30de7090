import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const writeRbac: Control = permissionControl(PERMISSIONS.writeRbac, {
  id: "RBAC-027",
  title: "Roles that change roles and bindings",
  references: [...cis("5.1.8"), nsa, attack("T1098.006"), owasp],
  rationale:
    "Who can write bindings can give others, or an identity that nobody watches, all rights they have. It is how an intruder stays.",
  remediation: "Manage RBAC objects from one pipeline or one administrators group; grant the right per namespace.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["rbac.authorization.k8s.io"]
    resources: [rolebindings]
    verbs: [create]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["rbac.authorization.k8s.io"]
    resources: [rolebindings]
    verbs: [get, list]
`,
  },
});
