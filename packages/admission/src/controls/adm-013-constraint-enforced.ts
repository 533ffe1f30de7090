import type { Control } from "@redoubt/control";
import { listAt, stringAt } from "@redoubt/kube";
import { constraintsOf } from "../model/gatekeeper.ts";
import { CONSTRAINT_EXAMPLE } from "../model/template-example.ts";

export const constraintsEnforced: Control = {
  id: "ADM-013",
  title: "Policies of Gatekeeper and Kyverno refuse what breaks them",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale: "dryrun, warn and Audit are for trying a policy out: everything is admitted.",
  remediation:
    "Set enforcementAction: deny (Gatekeeper), validationFailureAction: Enforce (Kyverno) once the reports are empty.",
  examples: {
    failing: CONSTRAINT_EXAMPLE.replace("spec:\n", "spec:\n  enforcementAction: dryrun\n"),
    passing: CONSTRAINT_EXAMPLE,
  },
  fixable: false,
  check(snapshot, report) {
    for (const constraint of constraintsOf(snapshot)) {
      const action = stringAt(constraint.value, ["spec", "enforcementAction"]) ?? "deny";
      const scoped = listAt(constraint.value, ["spec", "scopedEnforcementActions"]).map((item) =>
        stringAt(item, ["action"]),
      );
      if (action === "deny" || (action === "scoped" && scoped.includes("deny"))) report.pass(constraint);
      else
        report.fail(constraint, {
          message: `enforcementAction ${action} refuses nothing`,
          path: ["spec", "enforcementAction"],
        });
    }
    for (const policy of ["ClusterPolicy", "Policy"].flatMap((kind) => snapshot.listUntyped("kyverno.io", kind))) {
      const rules = listAt(policy.value, ["spec", "rules"]);
      const validating = rules.filter((rule) => typeof rule === "object" && rule !== null && "validate" in rule);
      if (validating.length === 0) continue;
      const general = stringAt(policy.value, ["spec", "validationFailureAction"]) ?? "Audit";
      const actions = validating.map((rule) =>
        (stringAt(rule, ["validate", "failureAction"]) ?? general).toLowerCase(),
      );
      if (actions.every((action) => action === "enforce")) report.pass(policy);
      else
        report.fail(policy, {
          message: `validationFailureAction is ${general}: what breaks this policy is reported and admitted`,
          path: ["spec", "validationFailureAction"],
        });
    }
  },
};
