import type { Control } from "@redoubt/control";
import { constraintTemplatesOf, constraintsOf } from "../model/gatekeeper.ts";
import { CONSTRAINT_EXAMPLE, REQUIRED_LABELS_REGO, templateExample } from "../model/template-example.ts";

export const templatesUsed: Control = {
  id: "ADM-012",
  title: "Every ConstraintTemplate has a constraint",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "A template only defines a new kind of rule. Until a constraint of that kind says what it applies to, nothing is checked.",
  remediation: "Add a constraint of the template's kind, with match and parameters.",
  examples: {
    failing: templateExample(REQUIRED_LABELS_REGO),
    passing: `${templateExample(REQUIRED_LABELS_REGO)}---\n${CONSTRAINT_EXAMPLE}`,
  },
  fixable: false,
  check(snapshot, report) {
    const used = new Set(constraintsOf(snapshot).map(({ kind }) => kind));
    for (const { object, kind } of constraintTemplatesOf(snapshot)) {
      if (used.has(kind)) report.pass(object);
      else
        report.fail(object, {
          message: `no ${kind} constraint is among what was given: the template alone checks nothing`,
          path: ["spec", "crd", "spec", "names", "kind"],
          severity: object.origin.kind === "cluster" ? "medium" : "low",
        });
    }
  },
};
