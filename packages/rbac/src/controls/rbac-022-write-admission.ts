import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const writeAdmission: Control = permissionControl(PERMISSIONS.writeAdmission, {
  id: "RBAC-022",
  title: "Roles that change admission control",
  references: [...cis("5.1.12"), nsa, attack("T1562.001"), owasp],
  rationale:
    "Webhook configurations and admission policies decide what may enter the cluster. Who can change them can read Secrets in flight, rewrite Pods and remove every guard rail.",
  remediation:
    "Leave them to cluster administrators and to the installers of the policy engines, by name through resourceNames where they must update a certificate.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["admissionregistration.k8s.io"]
    resources: [mutatingwebhookconfigurations]
    verbs: [create, patch]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["admissionregistration.k8s.io"]
    resources: [mutatingwebhookconfigurations]
    verbs: [get, list]
`,
  },
});
