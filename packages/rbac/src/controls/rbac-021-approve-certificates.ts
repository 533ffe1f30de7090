import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const approveCertificates: Control = permissionControl(PERMISSIONS.approveCertificates, {
  id: "RBAC-021",
  title: "Roles that approve client certificates",
  references: [...cis("5.1.11"), nsa, attack("T1098"), owasp],
  rationale:
    "A client certificate is an identity that cannot be revoked before it expires. Who may approve requests and use the signer of the API server can become nearly anybody.",
  remediation:
    "Limit `approve` on signers by resourceNames to signers other than kubernetes.io/kube-apiserver-client, and leave client certificates to administrators.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["certificates.k8s.io"]
    resources: [certificatesigningrequests/approval]
    verbs: [update]
  - apiGroups: ["certificates.k8s.io"]
    resources: [signers]
    resourceNames: [kubernetes.io/kube-apiserver-client]
    verbs: [approve]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["certificates.k8s.io"]
    resources: [certificatesigningrequests]
    verbs: [create, get]
`,
  },
});
