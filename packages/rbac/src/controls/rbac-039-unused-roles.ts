import type { Control } from "@redoubt/control";
import { rolesFedBy } from "../engine/aggregation.ts";
import { grantsOf } from "../engine/holders.ts";
import { accessModel } from "../model/access.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const unusedRoles: Control = {
  id: "RBAC-039",
  title: "Roles that nobody holds",
  layer: "cluster",
  item: "rbac",
  severity: "info",
  references: [nsa, owasp],
  rationale:
    "A role without a binding does nothing now, and is what somebody binds later because it happens to be there.",
  remediation: "Remove the role, or add the binding it was written for.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: one
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: two
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: devs
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: one
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: one
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: devs
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: one
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
  },
  fixable: false,
  check(snapshot, report) {
    const model = accessModel(snapshot);
    // Without any binding among the input, nothing tells which roles are used.
    if (model.bindings.length === 0) return;
    for (const role of model.roles) {
      if (role.bootstrap) continue;
      if (grantsOf(model, role).length > 0 || rolesFedBy(model, role).length > 1) report.pass(role.object);
      else
        report.fail(role.object, {
          message: `No binding with a subject names ${role.kind} ${role.name}: nobody holds it.`,
        });
    }
  },
};
