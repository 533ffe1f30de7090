import type { Control } from "@redoubt/control";
import { validateAuditPolicy } from "../engine/validate.ts";
import { auditPoliciesOf } from "../model/given.ts";

export const auditPolicyValid: Control = {
  id: "AUD-010",
  title: "The API server accepts the audit policy",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [{ framework: "CIS", version: "1.11", id: "3.2.1" }],
  rationale:
    "An API server that is given an invalid audit policy does not start; one that is still running keeps the policy from before.",
  remediation: "Correct what the message names.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - group: apps/v1
    resources: [deployments]
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - group: apps
    resources: [deployments]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      const problems = [...validateAuditPolicy(object.value)];
      if (object.apiVersion !== "audit.k8s.io/v1")
        problems.push({
          path: ["apiVersion"],
          message: `apiVersion ${object.apiVersion} is no longer read: only audit.k8s.io/v1 is`,
        });
      if (policy.rules.length === 0)
        problems.push({ path: ["rules"], message: "the policy has no rules, which the API server refuses to load" });
      if (problems.length === 0) report.pass(object);
      for (const problem of problems) report.fail(object, problem);
    }
  },
};
