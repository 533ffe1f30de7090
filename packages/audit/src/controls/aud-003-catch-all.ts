import type { Control } from "@redoubt/control";
import { auditPoliciesOf } from "../model/given.ts";
import type { PolicyRule } from "../model/policy.ts";

export const catchAllPresent: Control = {
  id: "AUD-003",
  title: "Requests that no other rule matches are recorded",
  layer: "cluster",
  item: "audit-logging",
  severity: "medium",
  references: [
    { framework: "CIS", version: "1.11", id: "3.2.2" },
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
  ],
  rationale:
    "A request that matches no rule is not recorded at all. New resource kinds, and those an attacker brings along, are the ones that nobody wrote a rule for.",
  remediation: "End the policy with a rule that has a level and nothing else: `- level: Metadata`.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - resources: [pods]
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Request
  resources:
  - resources: [pods]
- level: Metadata
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      if (policy.rules.length === 0) continue;
      const catchAll = policy.rules.findIndex(matchesEverything);
      const level = policy.rules[catchAll]?.level;
      if (catchAll < 0)
        report.fail(object, {
          message:
            "no rule matches everything, so a request that none of them names (a custom resource, say) is not recorded at all",
          path: ["rules"],
          fix: {
            description: "Ends the policy with a rule that records everything else at level Metadata.",
            edits: [{ op: "append", path: ["rules"], value: { level: "Metadata", omitStages: ["RequestReceived"] } }],
            caution: "The log grows by the requests that were dropped until now.",
          },
        });
      else if (level === "None")
        report.fail(object, {
          message: `rule ${catchAll + 1} matches everything that is left and drops it: level None`,
          path: ["rules", catchAll, "level"],
        });
      else report.pass(object);
    }
  },
};

function matchesEverything(rule: PolicyRule): boolean {
  const { users, userGroups, verbs, resources, namespaces, nonResourceURLs } = rule;
  return [users, userGroups, verbs, resources, namespaces, nonResourceURLs].every((list) => list.length === 0);
}
