import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const writeSecrets: Control = permissionControl(PERMISSIONS.writeSecrets, {
  id: "RBAC-011",
  title: "Roles that change Secrets",
  references: [nsa, attack("T1098"), owasp],
  rationale:
    "Workloads trust the Secrets they read: a changed one can hand them another database or certificate. Creating one of type kubernetes.io/service-account-token also makes the control plane fill it with a token.",
  remediation:
    "Leave writing Secrets to the one controller that manages them (External Secrets, Sealed Secrets, cert-manager), in the namespaces it serves.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [create, update]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [create, update]
`,
  },
});
