import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const impersonate: Control = permissionControl(PERMISSIONS.impersonate, {
  id: "RBAC-018",
  title: "The impersonate verb",
  references: [...cis("5.1.8"), nsa, attack("T1078"), owasp],
  rationale:
    "Impersonation makes a request as another user, group or ServiceAccount. Without resourceNames it includes group system:masters, which no authorizer refuses anything.",
  remediation: "Limit it with resourceNames to the users or groups meant, and never allow `groups` without them.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [users, groups]
    verbs: [impersonate]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [serviceaccounts]
    verbs: [get]
`,
  },
});
