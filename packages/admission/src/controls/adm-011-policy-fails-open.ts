import type { Control } from "@redoubt/control";
import { POLICY_EXAMPLE } from "../model/policy-example.ts";

export const policiesFailClosed: Control = {
  id: "ADM-011",
  title: "ValidatingAdmissionPolicies fail closed",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "With failurePolicy Ignore an expression that errs, on a field that the author did not think of, admits the object. Such fields can be left out on purpose.",
  remediation: "Set failurePolicy: Fail, and ask has() before optional fields.",
  examples: {
    failing: POLICY_EXAMPLE.replace("failurePolicy: Fail", "failurePolicy: Ignore"),
    passing: POLICY_EXAMPLE,
  },
  fixable: true,
  check(snapshot, report) {
    for (const policy of snapshot.list("admissionregistration.k8s.io/ValidatingAdmissionPolicy")) {
      if (policy.value.spec?.failurePolicy !== "Ignore") {
        report.pass(policy);
        continue;
      }
      const path = ["spec", "failurePolicy"];
      report.fail(policy, {
        message: "failurePolicy Ignore admits every object on which an expression errs",
        path,
        fix: {
          description: "Refuses objects on which an expression errs.",
          edits: [{ op: "set", path, value: "Fail" }],
          caution: "An expression that reads an optional field without has() then refuses objects without it.",
        },
      });
    }
  },
};
