import type { Control } from "@redoubt/control";
import { listed } from "../engine/holders.ts";
import { verbsReached } from "../engine/exact-lists.ts";
import { checkWildcards, hasWildcard, openings } from "../engine/wildcards.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const wildcardVerbs: Control = {
  id: "RBAC-003",
  title: "Roles that name every verb",
  layer: "cluster",
  item: "rbac",
  severity: "medium",
  references: [...cis("5.1.3"), nsa, attack("T1078"), owasp],
  rationale:
    "verbs: [*] includes deletecollection, and the special verbs bind, escalate, impersonate, approve and use where a resource knows them.",
  remediation:
    "List the verbs that are used: reading is get, list and watch; writing is create, update, patch and delete.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: ["apps"]
    resources: [deployments]
    verbs: ["*"]
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
  check: checkWildcards((rule, reach, role) => {
    if (!hasWildcard(rule.verbs) || hasWildcard(rule.resources) || (rule.nonResourceURLs ?? []).length > 0)
      return undefined;
    const { text } = openings(rule, role, reach);
    const verbs = verbsReached(rule);
    return {
      action: `do everything to ${listed(rule.resources ?? [])}`,
      consequence:
        text === "" ? "that includes deletecollection and verbs which are added later" : `that opens: ${text}`,
      severity: reach === "cluster" ? "medium" : "low",
      field: "verbs",
      ...(verbs === undefined
        ? {}
        : {
            exactly: {
              values: verbs,
              caution: "verbs that a later version adds are left out; take out what is not used, too",
            },
          }),
    };
  }),
};
