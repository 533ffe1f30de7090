import type { Control } from "@redoubt/control";
import { accessModel } from "../model/access.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const systemMastersSubject: Control = {
  id: "RBAC-006",
  title: "Bindings to group system:masters",
  layer: "cluster",
  item: "rbac",
  severity: "medium",
  references: [...cis("5.1.7"), nsa, attack("T1078"), owasp],
  rationale:
    "Members of system:masters pass every authorization check without a role. A binding to the group adds nothing, hides that, and suggests that removing it would take rights away.",
  remediation:
    "Bind a group of your own (kubeadm uses kubeadm:cluster-admins) and issue no certificates with system:masters.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: admins
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: system:masters
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: app
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
      const subject = binding.subjects.find(({ kind, name }) => kind === "Group" && name === "system:masters");
      const own = binding.name === "cluster-admin" && binding.roleRef.name === "cluster-admin";
      if (subject === undefined || own) {
        report.pass(binding.object);
        continue;
      }
      report.fail(binding.object, {
        message: `${binding.name} binds Group system:masters to ${binding.roleRef.name}: its members bypass authorization anyway, and removing the binding would take nothing from them.`,
        path: ["subjects", subject.index, "name"],
      });
    }
  },
};
