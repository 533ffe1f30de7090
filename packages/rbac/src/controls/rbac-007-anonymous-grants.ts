import type { Control } from "@redoubt/control";
import { type BindingView, accessModel } from "../model/access.ts";
import { isDefaultGrant } from "../model/bootstrap.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const anonymousGrants: Control = {
  id: "RBAC-007",
  title: "Rights for requests without a login",
  layer: "cluster",
  item: "rbac",
  severity: "critical",
  references: [nsa, attack("T1190"), owasp],
  rationale:
    "system:anonymous and system:unauthenticated are everyone who can reach the API server, with no credential at all.",
  remediation: "Remove the subject; who needs the right gets a login or a ServiceAccount of its own.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: public
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: system:unauthenticated
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
        ({ kind, name }) =>
          (kind === "User" && name === "system:anonymous") ||
          (kind === "Group" && name === "system:unauthenticated" && !isDefaultGrant(binding.roleRef.name, name)),
      );
      if (subject === undefined || isJoinInformation(binding)) {
        report.pass(binding.object);
        continue;
      }
      const everywhere = binding.kind === "ClusterRoleBinding";
      report.fail(binding.object, {
        message: `${binding.name} gives ${binding.roleRef.kind} ${binding.roleRef.name} to ${subject.kind} ${subject.name}: anyone who reaches the API server has it ${everywhere ? "in the whole cluster" : `in namespace ${binding.namespace}`}, without a login.`,
        path: ["subjects", subject.index, "name"],
        severity: everywhere ? "critical" : "high",
      });
    }
  },
};

/** kubeadm publishes the cluster's address and certificate authority to joining nodes: public by design. */
function isJoinInformation(binding: BindingView): boolean {
  return binding.namespace === "kube-public" && binding.roleRef.name === "kubeadm:bootstrap-signer-clusterinfo";
}
