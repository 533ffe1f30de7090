import type { Control } from "@redoubt/control";
import { describeSubjects } from "../engine/holders.ts";
import { type SubjectView, accessModel, serviceAccountOf } from "../model/access.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const clusterAdminBindings: Control = {
  id: "RBAC-005",
  title: "Who is cluster-admin",
  layer: "cluster",
  item: "rbac",
  severity: "critical",
  references: [...cis("5.1.1"), nsa, attack("T1078"), owasp],
  rationale:
    "cluster-admin may do everything, everywhere, for ever. Every login, ServiceAccount or machine that holds it is a way to lose the whole cluster.",
  remediation:
    "Keep one small group of administrators; give ServiceAccounts and pipelines a role that lists what they use.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: app
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cluster-admin
subjects:
  - kind: ServiceAccount
    name: app
    namespace: shop
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
      // The API server's own binding: group system:masters bypasses authorization with or without it.
      const subjects = binding.subjects.filter(({ kind, name }) => !(kind === "Group" && name === "system:masters"));
      const grants = binding.roleRef.kind === "ClusterRole" && binding.roleRef.name === "cluster-admin";
      if (!grants || subjects.length === 0) {
        report.pass(binding.object);
        continue;
      }
      const everywhere = binding.kind === "ClusterRoleBinding";
      const reach = everywhere
        ? "everything in every namespace and on the cluster itself"
        : `everything in namespace ${binding.namespace}, its Secrets, roles and Pod Security labels included`;
      report.fail(binding.object, {
        message: `${binding.name} makes ${describeSubjects(subjects)} cluster-admin: that allows ${reach}.`,
        path: ["roleRef", "name"],
        severity: everywhere ? (subjects.some(isMachineOrCrowd) ? "critical" : "high") : "medium",
      });
    }
  },
};

/** A ServiceAccount, whose token lies in every Pod that runs as it, or one of the groups that no one administers. */
function isMachineOrCrowd(subject: SubjectView): boolean {
  return serviceAccountOf(subject) !== undefined || subject.name.startsWith("system:");
}
