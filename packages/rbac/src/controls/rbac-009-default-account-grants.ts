import type { Control } from "@redoubt/control";
import { accessModel, serviceAccountOf } from "../model/access.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const defaultAccountGrants: Control = {
  id: "RBAC-009",
  title: "Rights for a default ServiceAccount",
  layer: "cluster",
  item: "rbac",
  severity: "high",
  references: [...cis("5.1.5"), nsa, attack("T1078"), owasp],
  rationale:
    "Every Pod that names no ServiceAccount runs as `default`: a role for it is a role for all of them, today's and tomorrow's.",
  remediation:
    "Create a ServiceAccount for the workload that needs the role, bind that, and leave `default` without rights.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: app
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: default
    namespace: shop
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: app
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: app
    namespace: shop
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const binding of accessModel(snapshot).bindings) {
      const subject = binding.subjects.find((candidate) => serviceAccountOf(candidate)?.name === "default");
      if (subject === undefined) {
        report.pass(binding.object);
        continue;
      }
      const everywhere = binding.kind === "ClusterRoleBinding";
      const namespace = serviceAccountOf(subject)?.namespace ?? "";
      report.fail(binding.object, {
        message: `${binding.name} gives ${binding.roleRef.kind} ${binding.roleRef.name} to the default ServiceAccount of namespace ${namespace}: every Pod there that names no ServiceAccount has it ${everywhere ? "in the whole cluster" : `in namespace ${binding.namespace}`}.`,
        path: ["subjects", subject.index, "name"],
        severity: everywhere ? "high" : "medium",
      });
    }
  },
};
