import type { Control } from "@redoubt/control";
import { listed } from "../engine/holders.ts";
import { accessModel, serviceAccountOf } from "../model/access.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const missingAccounts: Control = {
  id: "RBAC-035",
  title: "Bindings to a ServiceAccount that does not exist",
  layer: "cluster",
  item: "rbac",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "A right for a ServiceAccount that is missing waits for whoever creates one of that name; and where the namespace was mistaken, the workload that needs the right does not have it.",
  remediation: "Correct the namespace or name of the subject, or remove it.",
  examples: {
    failing: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: app
  namespace: blue
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: app
  namespace: blue
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: app
    namespace: green
`,
    passing: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: app
  namespace: blue
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: app
  namespace: blue
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: app
    namespace: blue
`,
  },
  fixable: false,
  check(snapshot, report) {
    const accounts = snapshot.list("ServiceAccount");
    const existing = new Set(accounts.map(({ namespace, name }) => `${namespace}/${name}`));
    const namespacesByName = Map.groupBy(accounts, ({ name }) => name);
    for (const { object, name: bindingName, subjects } of accessModel(snapshot).bindings) {
      let known = subjects.length > 0;
      for (const subject of subjects) {
        const account = serviceAccountOf(subject);
        if (account === undefined || account.name === "default") continue;
        if (existing.has(`${account.namespace}/${account.name}`)) continue;
        known = false;
        const elsewhere = (namespacesByName.get(account.name) ?? []).map(({ namespace }) => namespace);
        // Manifests seldom hold every ServiceAccount: only a namesake elsewhere tells of a mistake.
        if (object.origin.kind === "file" && elsewhere.length === 0) continue;
        const hint = elsewhere.length === 0 ? "" : `, while namespace ${listed(elsewhere)} has one of that name`;
        report.fail(object, {
          message: `${bindingName} names ServiceAccount ${account.namespace}/${account.name}, which does not exist${hint}: whoever creates it gets ${object.value.roleRef?.name ?? "the role"}.`,
          path: ["subjects", subject.index],
        });
      }
      if (known) report.pass(object);
    }
  },
};
