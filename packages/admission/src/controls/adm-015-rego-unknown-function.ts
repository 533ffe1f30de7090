import type { Control } from "@redoubt/control";
import { unknownCalls } from "../engine/rego-pitfalls.ts";
import { regoSourcesOf } from "../model/rego-source.ts";

export const regoFunctionsKnown: Control = {
  id: "ADM-015",
  title: "Rego calls only functions that exist",
  layer: "cluster",
  item: "admission",
  severity: "high",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K04" }],
  rationale:
    "OPA refuses a module with a call of an unknown function, and with it every rule of the bundle. A policy that was never loaded refuses nothing.",
  remediation: "Use the builtin's name as OPA has it, or define the function.",
  examples: {
    file: "policy.rego",
    failing: `package kubernetes.admission

import rego.v1

deny contains msg if {
	some container in input.request.object.spec.containers
	not starts_with(container.image, "registry.example.com/")
	msg := sprintf("%v is not from our registry", [container.image])
}
`,
    passing: `package kubernetes.admission

import rego.v1

deny contains msg if {
	some container in input.request.object.spec.containers
	not startswith(container.image, "registry.example.com/")
	msg := sprintf("%v is not from our registry", [container.image])
}
`,
  },
  fixable: false,
  check(snapshot, report) {
    const sources = regoSourcesOf(snapshot);
    const modules = sources.map(({ module }) => module);
    for (const { resource, module, pathOf, at } of sources) {
      const unknown = unknownCalls(module, modules);
      if (unknown.length === 0) report.pass(resource);
      for (const { name, line, suggestion } of unknown)
        report.fail(resource, {
          message: `${at(line)}there is no function ${name}${suggestion === undefined ? " in OPA or in this package" : `: OPA calls it ${suggestion}`}, so OPA does not load this policy at all`,
          path: pathOf(line),
        });
    }
  },
};
