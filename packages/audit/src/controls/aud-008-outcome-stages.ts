import type { Control } from "@redoubt/control";
import type { Path } from "@redoubt/kube";
import { auditPoliciesOf } from "../model/given.ts";

export const outcomesRecorded: Control = {
  id: "AUD-008",
  title: "The outcome of requests is recorded",
  layer: "cluster",
  item: "audit-logging",
  severity: "medium",
  references: [{ framework: "CIS", version: "1.11", id: "3.2.2" }],
  rationale:
    "Only the stage ResponseComplete says whether a request was allowed and what came of it. RequestReceived alone does not tell an attempt from a success.",
  remediation: "Omit only RequestReceived.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseComplete]
rules:
- level: Metadata
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      const places: readonly { path: Path; stages: readonly string[]; what: string }[] = [
        { path: ["omitStages"], stages: policy.omitStages, what: "the policy" },
        ...policy.rules.flatMap((rule, index) =>
          rule.level === "None"
            ? []
            : [{ path: ["rules", index, "omitStages"], stages: rule.omitStages, what: `rule ${index + 1}` }],
        ),
      ];
      let omitted = false;
      for (const { path, stages, what } of places) {
        const index = stages.indexOf("ResponseComplete");
        if (index < 0) continue;
        omitted = true;
        report.fail(object, {
          message: `${what} omits the stage ResponseComplete, so the log does not say whether requests succeeded`,
          path: [...path, index],
          fix: {
            description: `Takes ResponseComplete out of the omitStages of ${what}.`,
            edits: [
              stages.length === 1
                ? { op: "remove", path }
                : { op: "set", path, value: stages.filter((stage) => stage !== "ResponseComplete") },
            ],
          },
        });
      }
      if (!omitted && policy.rules.length > 0) report.pass(object);
    }
  },
};
