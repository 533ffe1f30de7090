import type { Control } from "@redoubt/control";
import { checkWildcards, describeGroups, hasWildcard, isFullWildcard, openings } from "../engine/wildcards.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const everyRight: Control = {
  id: "RBAC-001",
  title: "Roles that grant everything",
  layer: "cluster",
  item: "rbac",
  severity: "critical",
  references: [...cis("5.1.3"), nsa, attack("T1078"), owasp],
  rationale:
    "A rule with every verb on every resource includes what nobody meant to grant: Secrets, tokens, exec, impersonation, and every kind that is installed later.",
  remediation: "List the API groups, resources and verbs that are used; the audit log shows which those are.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: app
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: app
subjects:
  - kind: ServiceAccount
    name: app
    namespace: shop
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - apiGroups: ["apps"]
    resources: [deployments]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: app
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: app
subjects:
  - kind: ServiceAccount
    name: app
    namespace: shop
`,
  },
  fixable: false,
  check: checkWildcards((rule, reach, role) => {
    if (!isFullWildcard(rule)) return undefined;
    const all = hasWildcard(rule.apiGroups);
    const { text, severity } = openings(rule, role, reach);
    const worth = { cluster: "critical", namespace: "high", unbound: "high" } as const;
    return {
      action: `do everything to every resource of ${describeGroups(rule.apiGroups)}`,
      consequence: all
        ? `the rule equals cluster-admin${role.kind === "Role" ? " inside the namespace" : ""}`
        : text === ""
          ? "that includes resources which are added to the group later"
          : `that opens: ${text}`,
      severity: all ? worth[reach] : (severity ?? "medium"),
      field: "resources",
    };
  }),
};
