import type { Control } from "@redoubt/control";
import { regoSourcesOf } from "../model/rego-source.ts";

export const regoVersionCurrent: Control = {
  id: "ADM-020",
  title: "Rego is written in the version that OPA reads",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K04" }],
  rationale:
    "Since OPA 1.0 rule bodies need if and partial sets need contains. A file in the old syntax is a parse error there unless OPA runs with --v0-compatible, so after an upgrade the policy is gone.",
  remediation: "Run opa fmt --rego-v1 (or redoubt policy fmt) over the file.",
  examples: {
    file: "policy.rego",
    failing: `package kubernetes.admission

deny[msg] {
	input.request.object.spec.hostNetwork
	msg := "host network is not allowed"
}
`,
    passing: `package kubernetes.admission

deny contains msg if {
	input.request.object.spec.hostNetwork
	msg := "host network is not allowed"
}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { resource, module, version, pathOf, at } of regoSourcesOf(snapshot)) {
      if (version === "v0") continue;
      const old = module.rules.filter(({ before1 }) => before1);
      const [first] = old;
      if (first === undefined) report.pass(resource);
      else
        report.fail(resource, {
          message: `${at(first.line)}${old.length === 1 ? `rule ${first.name} is` : `${old.length} rules, from ${first.name} on, are`} in the syntax of before OPA 1.0 (a body without if): a parse error unless OPA runs with --v0-compatible`,
          path: pathOf(first.line),
        });
    }
  },
};
