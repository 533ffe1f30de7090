import type { Control } from "@redoubt/control";
import { describeSubjects } from "../engine/holders.ts";
import { accessModel } from "../model/access.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const clusterWideAdmins: Control = {
  id: "RBAC-030",
  title: "The admin and edit roles for the whole cluster",
  layer: "cluster",
  item: "rbac",
  severity: "high",
  references: [...cis("5.1.2"), nsa, attack("T1078"), owasp],
  rationale:
    "admin and edit are meant for one namespace. Bound by a ClusterRoleBinding they read every Secret and run Pods in every namespace, kube-system included, which comes close to cluster-admin.",
  remediation: "Bind the role with a RoleBinding in each namespace that is meant.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: devs
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: devs
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const binding of accessModel(snapshot).bindings) {
      const { name, kind } = binding.roleRef;
      const wide = binding.kind === "ClusterRoleBinding" && binding.subjects.length > 0;
      if (!wide || kind !== "ClusterRole" || (name !== "admin" && name !== "edit")) {
        report.pass(binding.object);
        continue;
      }
      report.fail(binding.object, {
        message: `${binding.name} gives ${describeSubjects(binding.subjects)} the role ${name} in every namespace: they can read every Secret, run commands in every Pod and act as any ServiceAccount, those of kube-system included.`,
        path: ["roleRef", "name"],
      });
    }
  },
};
