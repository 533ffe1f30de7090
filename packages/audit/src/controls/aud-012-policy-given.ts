import type { Control } from "@redoubt/control";
import { auditPoliciesOf } from "../model/given.ts";

export const auditPolicyGiven: Control = {
  id: "AUD-012",
  title: "There is an audit policy that records something",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "3.2.1" },
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "Without an audit policy the API server records nothing, and after an incident nobody can tell what was done through it.",
  remediation:
    "Write an audit.k8s.io/v1 Policy and start the API server with --audit-policy-file and a log or webhook backend.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
`,
  },
  fixable: false,
  check(snapshot, report) {
    const policies = auditPoliciesOf(snapshot);
    for (const { object, policy } of policies) {
      if (policy.rules.some(({ level }) => level !== "None" && level !== "")) report.pass(object);
      else
        report.fail(object, {
          message: "no rule of this policy has a level above None, so nothing is recorded",
          path: ["rules"],
        });
    }
    if (policies.length === 0)
      report.unknown(undefined, {
        message: "whether the API server keeps an audit log is not known: no audit policy was given",
        needs: "the file that --audit-policy-file names, and the API server's flags",
      });
  },
};
