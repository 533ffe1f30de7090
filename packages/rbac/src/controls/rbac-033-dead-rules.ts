import type { Control } from "@redoubt/control";
import { deadParts } from "../engine/dead-rules.ts";
import { capitalised } from "../engine/sentence.ts";
import { accessModel } from "../model/access.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const deadRules: Control = {
  id: "RBAC-033",
  title: "Rules that allow nothing",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [nsa, owasp],
  rationale:
    "RBAC matches names literally and rejects no misspelling: a rule that names the wrong group, a wrong verb or pods/* is accepted and grants nothing. People then reach for a wildcard to make it work.",
  remediation: "Correct the name; kubectl api-resources lists groups, resources and scopes.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [deployments, pods/*]
    verbs: [get]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["apps", ""]
    resources: [deployments, pods, pods/log]
    verbs: [get]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const role of accessModel(snapshot).roles) {
      if (role.bootstrap) continue;
      const dead = role.rules.flatMap((rule, index) =>
        deadParts(rule, role.kind).map(({ path, reason }) => ({ path: ["rules", index, ...path], reason })),
      );
      for (const { path, reason } of dead) report.fail(role.object, { message: `${capitalised(reason)}.`, path });
      if (dead.length === 0) report.pass(role.object);
    }
  },
};
