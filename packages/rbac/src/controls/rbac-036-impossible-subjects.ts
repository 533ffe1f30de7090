import type { Control } from "@redoubt/control";
import { subjectProblem } from "../engine/subject-problems.ts";
import { accessModel } from "../model/access.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const impossibleSubjects: Control = {
  id: "RBAC-036",
  title: "Subjects that nobody is",
  layer: "cluster",
  item: "rbac",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "Subjects are compared as plain text: a ServiceAccount written as an incomplete user name, or a group written as a user, is accepted and matches nobody, or somebody else who can choose that user name.",
  remediation:
    "Write a ServiceAccount as kind ServiceAccount with name and namespace; system:authenticated, system:unauthenticated, system:masters and system:serviceaccounts are groups.",
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
  - kind: User
    apiGroup: rbac.authorization.k8s.io
    name: system:serviceaccount:app
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
  - kind: User
    apiGroup: rbac.authorization.k8s.io
    name: system:serviceaccount:shop:app
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const binding of accessModel(snapshot).bindings) {
      let failed = false;
      for (const subject of binding.subjects) {
        const problem = subjectProblem(subject, binding.kind);
        if (problem === undefined) continue;
        failed = true;
        report.fail(binding.object, {
          message: `${problem.message}.`,
          path: ["subjects", subject.index, problem.field],
        });
      }
      if (!failed) report.pass(binding.object);
    }
  },
};
