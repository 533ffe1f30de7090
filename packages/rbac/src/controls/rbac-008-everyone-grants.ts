import type { Control } from "@redoubt/control";
import { accessModel } from "../model/access.ts";
import { isDefaultGrant } from "../model/bootstrap.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const everyoneGrants: Control = {
  id: "RBAC-008",
  title: "Rights for every account",
  layer: "cluster",
  item: "rbac",
  severity: "high",
  references: [nsa, attack("T1078"), owasp],
  rationale:
    "system:authenticated is everyone with any login, and system:serviceaccounts every Pod in the cluster: a role for them is a role for whoever breaks into any one of them.",
  remediation: "Bind a group or the ServiceAccounts that need the role.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: everyone
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: system:authenticated
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
      const subject = binding.subjects.find(
        ({ kind, name }) => kind === "Group" && CROWD.test(name) && !isDefaultGrant(binding.roleRef.name, name),
      );
      if (subject === undefined) {
        report.pass(binding.object);
        continue;
      }
      const everywhere = binding.kind === "ClusterRoleBinding";
      const own = subject.name === `system:serviceaccounts:${binding.namespace}`;
      report.fail(binding.object, {
        message: `${binding.name} gives ${binding.roleRef.kind} ${binding.roleRef.name} to Group ${subject.name}, that is ${members(subject.name)}, ${everywhere ? "in the whole cluster" : `in namespace ${binding.namespace}`}.`,
        path: ["subjects", subject.index, "name"],
        severity: everywhere ? "high" : own ? "low" : "medium",
      });
    }
  },
};

const CROWD = /^system:(authenticated|serviceaccounts(:.+)?)$/;

function members(group: string): string {
  if (group === "system:authenticated") return "everyone with any login, every ServiceAccount included";
  const namespace = group.slice("system:serviceaccounts:".length);
  return namespace === "" ? "every ServiceAccount of the cluster" : `every ServiceAccount of namespace ${namespace}`;
}
