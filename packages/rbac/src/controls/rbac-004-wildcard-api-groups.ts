import type { Control } from "@redoubt/control";
import { groupsReached } from "../engine/exact-lists.ts";
import { listed } from "../engine/holders.ts";
import { checkWildcards, hasWildcard } from "../engine/wildcards.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const wildcardApiGroups: Control = {
  id: "RBAC-004",
  title: "Roles that name every API group",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [...cis("5.1.3"), nsa, attack("T1078"), owasp],
  rationale:
    "apiGroups: [*] matches a resource of the same name in every group, so an operator that installs a kind with that name widens the role unseen.",
  remediation: 'Name the API group of each resource; the core group is written "".',
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["*"]
    resources: [deployments]
    verbs: [get, list]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["apps"]
    resources: [deployments]
    verbs: [get, list, watch]
`,
  },
  fixable: true,
  check: checkWildcards((rule, reach, _role, snapshot) => {
    if (!hasWildcard(rule.apiGroups) || hasWildcard(rule.resources)) return undefined;
    const groups = groupsReached(snapshot, rule);
    return {
      action: `${hasWildcard(rule.verbs) ? "do everything to" : listed(rule.verbs ?? [])} ${listed(rule.resources ?? [])} of every API group`,
      consequence: "a kind of that name in any group, installed later, is included",
      severity: reach === "cluster" ? "low" : "info",
      field: "apiGroups",
      ...(groups === undefined
        ? {}
        : {
            exactly: {
              values: groups,
              caution: "custom resources of these names that are not among the input are left out",
            },
          }),
    };
  }),
};
