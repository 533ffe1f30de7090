import type { Control } from "@redoubt/control";
import { separateIterations, unsafeNegations } from "../engine/rego-pitfalls.ts";
import { isRegoTest, regoSourcesOf } from "../model/rego-source.ts";

export const regoWildcardsBound: Control = {
  id: "ADM-016",
  title: "Rego conditions are about the same item",
  layer: "cluster",
  item: "admission",
  severity: "high",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K04" }],
  rationale:
    "Every _ is a variable of its own. Two of them walk through a list separately, so one container may meet the first condition and another the second; and under not OPA refuses a _ as unsafe, and the whole policy with it.",
  remediation:
    "Bind the item first (some container in input.request.object.spec.containers), and write every condition about it.",
  examples: {
    file: "policy.rego",
    failing: `package kubernetes.admission

import rego.v1

deny contains msg if {
	input.request.object.spec.containers[_].image
	not startswith(input.request.object.spec.containers[_].image, "registry.example.com/")
	msg := "images must be from our registry"
}
`,
    passing: `package kubernetes.admission

import rego.v1

deny contains msg if {
	some container in input.request.object.spec.containers
	not startswith(container.image, "registry.example.com/")
	msg := "images must be from our registry"
}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const source of regoSourcesOf(snapshot)) {
      const { resource, module, pathOf, at } = source;
      const unsafe = unsafeNegations(module);
      const separate = isRegoTest(source) ? [] : separateIterations(module);
      if (unsafe.length + separate.length === 0) report.pass(resource);
      for (const { line, list, other } of unsafe) {
        const elsewhere =
          other === undefined ? "" : ` and is not the item of line ${other}: each _ walks through the list by itself`;
        report.fail(resource, {
          message: `${at(line)}the _ of ${list}[_] stands under not, where OPA refuses it as unsafe (rego_unsafe_var_error)${elsewhere}; bind the item first: some item in ${list}`,
          path: pathOf(line),
        });
      }
      for (const { line, list, first } of separate)
        report.fail(resource, {
          message: `${at(line)}${list}[_] here and on line ${first} may be two different items, each _ walks through the list by itself; bind the item first: some item in ${list}`,
          path: pathOf(line),
          severity: "medium",
        });
    }
  },
};
