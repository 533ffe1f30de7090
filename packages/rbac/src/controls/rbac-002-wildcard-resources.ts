import type { Control } from "@redoubt/control";
import { listed } from "../engine/holders.ts";
import { checkWildcards, describeGroups, hasWildcard, openings } from "../engine/wildcards.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const wildcardResources: Control = {
  id: "RBAC-002",
  title: "Roles that name every resource",
  layer: "cluster",
  item: "rbac",
  severity: "high",
  references: [...cis("5.1.3"), nsa, attack("T1078"), owasp],
  rationale:
    "resources: [*] covers Secrets and subresources such as pods/exec, and every kind that a later version or an operator adds.",
  remediation: "List the resources that are used.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: ["*"]
    verbs: [get, list, watch]
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
  fixable: false,
  check: checkWildcards((rule, reach, role) => {
    if (!hasWildcard(rule.resources) || hasWildcard(rule.verbs)) return undefined;
    const { text, severity } = openings(rule, role, reach);
    return {
      action: `${listed(rule.verbs ?? [])} every resource of ${describeGroups(rule.apiGroups)}`,
      consequence: text === "" ? "resources which are added to the group later are included" : `that opens: ${text}`,
      severity: severity ?? "low",
      field: "resources",
    };
  }),
};
