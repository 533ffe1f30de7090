import type { Control } from "@redoubt/control";
import { ruleCovers } from "../engine/coverage.ts";
import { auditPoliciesOf } from "../model/given.ts";

export const rulesReachable: Control = {
  id: "AUD-004",
  title: "Every audit rule can decide something",
  layer: "cluster",
  item: "audit-logging",
  severity: "medium",
  references: [{ framework: "CIS", version: "1.11", id: "3.2.2" }],
  rationale:
    "The first rule that matches decides. A rule behind a wider one never does, so what its author wanted recorded, or left out, is not what happens.",
  remediation: "Move the narrower rule before the wider one, or delete it.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  verbs: [get, list, watch]
- level: Metadata
  verbs: [get]
  resources:
  - resources: [secrets]
- level: Metadata
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  verbs: [get]
  resources:
  - resources: [secrets]
- level: None
  verbs: [get, list, watch]
- level: Metadata
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      let shadowed = false;
      for (const [index, rule] of policy.rules.entries()) {
        const by = policy.rules.slice(0, index).findIndex((earlier) => ruleCovers(earlier, rule));
        if (by < 0) continue;
        shadowed = true;
        report.fail(object, {
          message: `rule ${index + 1} (level ${rule.level}) never decides: rule ${by + 1} (level ${policy.rules[by]?.level ?? ""}) matches every request that it matches, and comes first`,
          path: ["rules", index],
          severity: policy.rules[by]?.level === rule.level ? "low" : "medium",
        });
      }
      if (!shadowed) report.pass(object);
    }
  },
};
