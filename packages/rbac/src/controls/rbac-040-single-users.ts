import type { Control } from "@redoubt/control";
import { accessModel } from "../model/access.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const singleUsers: Control = {
  id: "RBAC-040",
  title: "Bindings to single users",
  layer: "cluster",
  item: "rbac",
  severity: "info",
  references: [nsa, owasp],
  rationale:
    "Rights that are bound to a person stay when the person changes jobs. A group from the identity provider is kept up to date where people are managed.",
  remediation: "Bind a group of the identity provider and make the person a member.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: devs
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: User
    apiGroup: rbac.authorization.k8s.io
    name: jane@example.com
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: devs
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const binding of accessModel(snapshot).bindings) {
      const users = binding.subjects.filter(({ kind, name }) => kind === "User" && !name.startsWith("system:"));
      for (const user of users) {
        report.fail(binding.object, {
          message: `${binding.name} gives ${binding.roleRef.kind} ${binding.roleRef.name} to User ${user.name} in person: it stays when the person leaves the team.`,
          path: ["subjects", user.index, "name"],
        });
      }
      if (users.length === 0) report.pass(binding.object);
    }
  },
};
