import type { Control } from "@redoubt/control";
import { accessModel, serviceAccountOf } from "../model/access.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const foreignAccounts: Control = {
  id: "RBAC-037",
  title: "ServiceAccounts with rights in another namespace",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [nsa, attack("T1078"), owasp],
  rationale:
    "A binding to a ServiceAccount of another namespace lets whoever can run Pods over there act over here: the border between the two namespaces is only as strong as the weaker one.",
  remediation:
    "Keep the workload and what it manages in one namespace, or guard the namespace of the ServiceAccount as strictly as this one.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: app
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
subjects:
  - kind: ServiceAccount
    name: app
    namespace: ci
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: app
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
subjects:
  - kind: ServiceAccount
    name: app
    namespace: shop
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const binding of accessModel(snapshot).bindings) {
      if (binding.kind !== "RoleBinding") continue;
      // Every extension API server reads the public request-header settings of kube-system through this role.
      if (binding.roleRef.name === "extension-apiserver-authentication-reader") {
        report.pass(binding.object);
        continue;
      }
      const foreign = binding.subjects.filter((subject) => {
        const account = serviceAccountOf(subject);
        // kube-system is not a weaker neighbour: who runs Pods there has the cluster.
        return account !== undefined && account.namespace !== binding.namespace && account.namespace !== "kube-system";
      });
      for (const subject of foreign) {
        const account = serviceAccountOf(subject);
        report.fail(binding.object, {
          message: `${binding.name} gives ServiceAccount ${account?.namespace ?? ""}/${account?.name ?? ""} the role ${binding.roleRef.name} in namespace ${binding.namespace}: whoever runs Pods in ${account?.namespace ?? ""} has it.`,
          path: ["subjects", subject.index],
        });
      }
      if (foreign.length === 0) report.pass(binding.object);
    }
  },
};
