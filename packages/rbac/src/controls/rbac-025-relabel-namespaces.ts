import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const relabelNamespaces: Control = permissionControl(PERMISSIONS.relabelNamespaces, {
  id: "RBAC-025",
  title: "Roles that change Namespaces",
  references: [nsa, attack("T1562.001"), owasp],
  rationale:
    "The Pod Security level of a namespace is a label on it, and other guards select namespaces by label too: whoever edits the labels chooses the guards.",
  remediation:
    "Grant `get` and `list` on namespaces; leave labels to administrators or to the pipeline that creates namespaces.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [patch]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [get, list, watch]
`,
  },
});
