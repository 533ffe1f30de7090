import type { Control } from "@redoubt/control";
import { optionalNegations } from "../engine/rego-pitfalls.ts";
import { regoSourcesOf } from "../model/rego-source.ts";

const REGO = (binding: string): string => `package kubernetes.admission

import rego.v1

deny contains msg if {
	provided := ${binding}
	not provided["team"]
	msg := "label team is required"
}
`;

export const regoOptionalFields: Control = {
  id: "ADM-017",
  title: "Rego judges objects that lack the field altogether",
  layer: "cluster",
  item: "admission",
  severity: "high",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K04" }],
  rationale:
    "In Rego an absent field is undefined, and an assignment of something undefined makes the whole rule undefined. An object without any labels then passes a policy that requires one.",
  remediation: 'Give the field a default: object.get(input.review.object.metadata, "labels", {})',
  examples: {
    file: "policy.rego",
    failing: REGO("input.request.object.metadata.labels"),
    passing: REGO('object.get(input.request.object.metadata, "labels", {})'),
  },
  fixable: false,
  check(snapshot, report) {
    for (const { resource, module, pathOf, at } of regoSourcesOf(snapshot)) {
      const found = optionalNegations(module);
      if (found.length === 0) report.pass(resource);
      for (const { line, name, ref, use } of found) {
        const field = ref.split(".").at(-1) ?? "";
        const parent = ref.slice(0, -field.length - 1);
        report.fail(resource, {
          message: `${at(line)}an object without any ${field} passes: ${name} is then undefined, and the rule ends before "not ${name}" on line ${use}; write ${name} := object.get(${parent}, "${field}", {})`,
          path: pathOf(line),
        });
      }
    }
  },
};
