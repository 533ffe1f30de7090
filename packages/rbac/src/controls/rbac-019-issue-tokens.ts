import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const issueTokens: Control = permissionControl(PERMISSIONS.issueTokens, {
  id: "RBAC-019",
  title: "Roles that issue ServiceAccount tokens",
  references: [...cis("5.1.13"), nsa, attack("T1528"), owasp],
  rationale:
    "The token subresource returns a working token of any ServiceAccount in scope, valid outside the cluster as well.",
  remediation: "Limit it with resourceNames to the ServiceAccounts that are meant.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [serviceaccounts/token]
    verbs: [create]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [serviceaccounts]
    verbs: [get]
`,
  },
});
