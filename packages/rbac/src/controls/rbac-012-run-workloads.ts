import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const runWorkloads: Control = permissionControl(PERMISSIONS.runWorkloads, {
  id: "RBAC-012",
  title: "Roles that decide what Pods run",
  references: [...cis("5.1.4"), nsa, attack("T1610"), owasp],
  rationale:
    "Creating a Pod, or a controller that creates Pods, means choosing its ServiceAccount, its volumes and its image; changing one means running other code in its place. The right equals the sum of what the ServiceAccounts and Secrets of the namespace can do.",
  remediation:
    "Grant it per namespace to those who deploy there, enforce the restricted Pod Security level in that namespace, and keep powerful ServiceAccounts in namespaces of their own.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["apps"]
    resources: [deployments]
    verbs: [get, create, update]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["apps"]
    resources: [deployments]
    verbs: [get, list, watch]
`,
  },
});
