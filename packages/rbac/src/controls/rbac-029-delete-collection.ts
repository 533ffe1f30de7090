import type { Control } from "@redoubt/control";
import { describeGrants, grantsOf, listed, reachOf } from "../engine/holders.ts";
import { capitalised } from "../engine/sentence.ts";
import { accessModel } from "../model/access.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const deleteCollection: Control = {
  id: "RBAC-029",
  title: "The deletecollection verb",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [nsa, attack("T1485"), owasp],
  rationale:
    "deletecollection removes every object of a kind in a namespace with one request; people rarely mean to grant it beside delete.",
  remediation: "Grant delete; leave deletecollection to controllers that clean up.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["apps"]
    resources: [deployments]
    verbs: [delete, deletecollection]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["apps"]
    resources: [deployments]
    verbs: [delete]
`,
  },
  fixable: false,
  check(snapshot, report) {
    const model = accessModel(snapshot);
    for (const role of model.roles) {
      if (role.bootstrap || role.aggregationRule !== undefined) continue;
      let failed = false;
      for (const [index, { verbs = [], resources = [], resourceNames = [] }] of role.rules.entries()) {
        const verb = verbs.indexOf("deletecollection");
        if (verb < 0 || resourceNames.length > 0) continue;
        failed = true;
        const grants = grantsOf(model, role);
        const what = resources.includes("*") ? "resources of any kind" : listed(resources);
        report.fail(role.object, {
          message: `${capitalised(describeGrants(grants, `delete all ${what} with one request`))}.`,
          path: ["rules", index, "verbs", verb],
          severity: reachOf(grants) === "unbound" ? "info" : "low",
        });
      }
      if (!failed) report.pass(role.object);
    }
  },
};
