import type { Control } from "@redoubt/control";
import { permissionControl } from "../engine/permission-control.ts";
import { nsa, owasp } from "../model/frameworks.ts";
import { PERMISSIONS } from "../model/permissions.ts";

export const extendApi: Control = permissionControl(PERMISSIONS.extendApi, {
  id: "RBAC-023",
  title: "Roles that change the API itself",
  references: [nsa, owasp],
  rationale:
    "APIServices and CustomResourceDefinitions decide which server answers for an API group and who converts its objects.",
  remediation: "Leave them to cluster administrators and to the pipeline that installs operators.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["apiregistration.k8s.io"]
    resources: [apiservices]
    verbs: [create, update]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["apiregistration.k8s.io"]
    resources: [apiservices]
    verbs: [get, list]
`,
  },
});
