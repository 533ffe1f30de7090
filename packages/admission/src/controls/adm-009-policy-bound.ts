import type { Control } from "@redoubt/control";
import { BINDING_EXAMPLE, POLICY_EXAMPLE } from "../model/policy-example.ts";

const GROUP = "admissionregistration.k8s.io";

export const policiesBound: Control = {
  id: "ADM-009",
  title: "Every ValidatingAdmissionPolicy has a binding",
  layer: "cluster",
  item: "admission",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale: "A policy says what, a binding says where. Without one the policy is stored and never evaluated.",
  remediation: "Add a ValidatingAdmissionPolicyBinding with validationActions: [Deny].",
  examples: { failing: POLICY_EXAMPLE, passing: `${POLICY_EXAMPLE}---\n${BINDING_EXAMPLE}` },
  fixable: false,
  check(snapshot, report) {
    const bindings = snapshot.list(`${GROUP}/ValidatingAdmissionPolicyBinding`);
    const policies = snapshot.list(`${GROUP}/ValidatingAdmissionPolicy`);
    for (const policy of policies) {
      if (bindings.some(({ value }) => value.spec?.policyName === policy.name)) report.pass(policy);
      else
        report.fail(policy, {
          message: `no binding among what was given names this policy: it is never evaluated`,
          path: ["metadata", "name"],
          severity: policy.origin.kind === "cluster" ? "high" : "medium",
        });
    }
    for (const binding of bindings) {
      const name = binding.value.spec?.policyName ?? "";
      if (policies.some((policy) => policy.name === name)) report.pass(binding);
      else if (policies.length === 0 && binding.origin.kind === "file")
        report.unknown(binding, {
          message: `policy ${name} is not among what was given`,
          needs: `the ValidatingAdmissionPolicy ${name}`,
          path: ["spec", "policyName"],
        });
      else
        report.fail(binding, {
          message: `there is no ValidatingAdmissionPolicy ${name}: this binding does nothing`,
          path: ["spec", "policyName"],
          severity: "medium",
        });
    }
  },
};
