import type { Control } from "@redoubt/control";
import { listed } from "../engine/holders.ts";
import { accessModel, referredKey } from "../model/access.ts";
import { isBuiltInRole } from "../model/bootstrap.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const missingRoles: Control = {
  id: "RBAC-034",
  title: "Bindings to a role that does not exist",
  layer: "cluster",
  item: "rbac",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "A binding whose role is missing grants nothing today, and whatever somebody later puts under that name, unseen by those who wrote the binding.",
  remediation:
    "Create the role before the binding, or remove the binding. A roleRef cannot be changed: delete and recreate.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
  namespace: blue
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: readers
  namespace: green
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: reader
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
  namespace: blue
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: readers
  namespace: blue
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: reader
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
  },
  fixable: false,
  check(snapshot, report) {
    const model = accessModel(snapshot);
    for (const binding of model.bindings) {
      const { kind, name } = binding.roleRef;
      if (model.roleByKey.has(referredKey(binding)) || isBuiltInRole(kind, binding.namespace, name)) {
        report.pass(binding.object);
        continue;
      }
      const path = ["roleRef", "name"];
      const wanted = kind === "Role" ? `Role ${name} in namespace ${binding.namespace}` : `${kind} ${name}`;
      const others = model.roles.filter((role) => role.name === name);
      if (binding.object.origin.kind === "cluster") {
        report.fail(binding.object, {
          message: `${binding.name} refers to ${wanted}, which does not exist: it grants nothing until somebody creates it.`,
          path,
        });
      } else if (others.length > 0) {
        const found = listed(
          others.map((role) => (role.kind === "Role" ? `Role ${role.namespace}/${name}` : `ClusterRole ${name}`)),
        );
        report.fail(binding.object, {
          message: `${binding.name} refers to ${wanted}, but what is given is ${found}: the binding grants nothing.`,
          path,
        });
      } else {
        report.unknown(binding.object, {
          message: `What ${binding.name} grants cannot be judged: ${wanted} is not among the input.`,
          needs: `the manifest of ${wanted}, or a scan of the live cluster`,
          path,
        });
      }
    }
  },
};
