import type { Control } from "@redoubt/control";
import type { PolicyRule } from "@redoubt/kube";
import { effectiveRules } from "../engine/aggregation.ts";
import { listed } from "../engine/holders.ts";
import { accessModel, referredKey } from "../model/access.ts";
import { isClusterScoped } from "../model/api-resources.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const powerlessRoleBindings: Control = {
  id: "RBAC-038",
  title: "RoleBindings that cannot grant what their role says",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [nsa, owasp],
  rationale:
    "A RoleBinding grants its ClusterRole inside one namespace. Nodes, PersistentVolumes, ClusterRoles and non-resource URLs are in no namespace, so a rule on them grants nothing this way.",
  remediation: "Use a ClusterRoleBinding when the whole cluster is meant; otherwise remove the binding.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: node-reader
rules:
  - apiGroups: [""]
    resources: [nodes]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: node-readers
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: node-reader
subjects:
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: devs
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: pod-reader
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: pod-readers
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: pod-reader
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
      const role = model.roleByKey.get(referredKey(binding));
      if (binding.kind !== "RoleBinding" || role?.kind !== "ClusterRole") continue;
      const rules = effectiveRules(model, role);
      if (rules.length === 0 || rules.some(worksInNamespace)) {
        report.pass(binding.object);
        continue;
      }
      const what = listed([...new Set(rules.flatMap((rule) => rule.resources ?? rule.nonResourceURLs ?? []))]);
      report.fail(binding.object, {
        message: `${binding.name} grants nothing: ${what} of ClusterRole ${role.name} ${what.includes(" and ") ? "are" : "is"} cluster-scoped, and a RoleBinding works in namespace ${binding.namespace} only.`,
        path: ["roleRef", "name"],
      });
    }
  },
};

/** Whether some resource of a rule may be namespaced; wildcards and unknown groups may. */
function worksInNamespace(rule: PolicyRule): boolean {
  return (rule.resources ?? []).some((resource) =>
    (rule.apiGroups ?? []).some((group) => !isClusterScoped(group, resource)),
  );
}
