import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const reachPodPorts: Control = permissionControl(PERMISSIONS.reachPodPorts, {
  id: "RBAC-014",
  title: "Roles that reach Pods through the API server",
  references: [nsa, attack("T1090"), owasp],
  rationale:
    "Port-forward and the proxy subresources connect to a Pod from its node or from the control plane, where NetworkPolicies do not look.",
  remediation:
    "Grant `pods/portforward` only where people debug, never in namespaces with databases or admin ports; use an Ingress with a login instead of the proxy subresources.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods/portforward]
    verbs: [create]
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
