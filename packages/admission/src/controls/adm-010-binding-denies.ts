import type { Control } from "@redoubt/control";
import { BINDING_EXAMPLE, POLICY_EXAMPLE } from "../model/policy-example.ts";

const GROUP = "admissionregistration.k8s.io";

export const bindingsDeny: Control = {
  id: "ADM-010",
  title: "Policy bindings refuse what breaks the policy",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale: "Warn and Audit are for trying a policy out. As long as no binding denies, everything is admitted.",
  remediation: "Set validationActions: [Deny] once warnings have stopped; Audit may stand beside it.",
  examples: {
    failing: `${POLICY_EXAMPLE}---\n${BINDING_EXAMPLE.replace("[Deny]", "[Warn, Audit]")}`,
    passing: `${POLICY_EXAMPLE}---\n${BINDING_EXAMPLE}`,
  },
  fixable: false,
  check(snapshot, report) {
    const bindings = snapshot.list(`${GROUP}/ValidatingAdmissionPolicyBinding`);
    for (const binding of bindings) {
      const { policyName, validationActions = [], paramRef } = binding.value.spec ?? {};
      const path = ["spec", "validationActions"];
      const others = bindings.some(
        (other) => other.value.spec?.policyName === policyName && other.value.spec?.validationActions?.includes("Deny"),
      );
      if (validationActions.length === 0)
        report.fail(binding, { message: "validationActions is empty, which the API server refuses", path });
      else if (validationActions.includes("Deny") && validationActions.includes("Warn"))
        report.fail(binding, { message: "Deny and Warn together are refused: a denial is already shown", path });
      else if (!validationActions.includes("Deny") && !others)
        report.fail(binding, {
          message: `policy ${policyName ?? ""} is bound with ${validationActions.join(" and ")} only, here and by no other binding with Deny: nothing is refused`,
          path,
        });
      else if (paramRef !== undefined && paramRef.parameterNotFoundAction !== "Deny")
        report.fail(binding, {
          message: `parameterNotFoundAction is ${paramRef.parameterNotFoundAction ?? "not set"}: whoever deletes the parameters of policy ${policyName ?? ""} switches it off`,
          path: ["spec", "paramRef", "parameterNotFoundAction"],
        });
      else report.pass(binding);
    }
  },
};
