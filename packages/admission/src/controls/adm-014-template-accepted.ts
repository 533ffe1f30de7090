import type { Control } from "@redoubt/control";
import { type KubeObject, type Path, objectAt, stringAt, toFieldPath, valueAt, isJsonObject } from "@redoubt/kube";
import { parameterProblems, untypedNodes } from "../engine/parameters.ts";
import { type ConstraintTemplate, constraintTemplatesOf, constraintsOf, parameterSchema } from "../model/gatekeeper.ts";
import { CONSTRAINT_EXAMPLE, REQUIRED_LABELS_REGO, templateExample } from "../model/template-example.ts";

const SCHEMA: Path = ["spec", "crd", "spec", "validation", "openAPIV3Schema"];

export const templatesAccepted: Control = {
  id: "ADM-014",
  title: "Gatekeeper accepts templates, and constraints fit them",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [],
  rationale:
    "A parameter that the template does not know is dropped without a word, and the policy runs without it. A template that is refused takes all its constraints with it.",
  remediation: "Write parameters as the template's schema names them; give every node of the schema a type.",
  examples: {
    failing: `${templateExample(REQUIRED_LABELS_REGO)}---\n${CONSTRAINT_EXAMPLE.replace("labels: [team]", "label: [team]")}`,
    passing: `${templateExample(REQUIRED_LABELS_REGO)}---\n${CONSTRAINT_EXAMPLE}`,
  },
  fixable: false,
  check(snapshot, report) {
    const templates = constraintTemplatesOf(snapshot);
    for (const template of templates) {
      const problems = templateProblems(template);
      if (problems.length === 0) report.pass(template.object);
      for (const problem of problems) report.fail(template.object, problem);
    }
    for (const constraint of constraintsOf(snapshot)) {
      const template = templates.find(({ kind }) => kind === constraint.kind);
      const schema = template === undefined ? undefined : parameterSchema(template);
      if (schema === undefined) continue;
      const problems = constraintProblems(schema, constraint);
      if (problems.length === 0) report.pass(constraint);
      for (const problem of problems) report.fail(constraint, problem);
    }
  },
};

function templateProblems({ object, kind }: ConstraintTemplate): readonly { path: Path; message: string }[] {
  const problems: { path: Path; message: string }[] = [];
  if (kind !== "" && object.name !== kind.toLowerCase())
    problems.push({
      path: ["metadata", "name"],
      message: `the template is called ${JSON.stringify(object.name)}, but must be called ${JSON.stringify(kind.toLowerCase())}, its kind in lower case`,
    });
  if (kind === "")
    problems.push({ path: ["spec", "crd", "spec", "names", "kind"], message: "spec.crd.spec.names.kind is missing" });
  const legacy = objectAt(object.value, ["spec", "crd", "spec", "validation"])?.["legacySchema"];
  if (object.apiVersion.endsWith("/v1") && legacy !== true)
    for (const path of untypedNodes(valueAt(isJsonObject(object.value) ? object.value : undefined, SCHEMA), SCHEMA))
      problems.push({
        path,
        message: `${toFieldPath(path.slice(SCHEMA.length - 1))} has no type: in v1 the schema must be structural, and the template is refused`,
      });
  return problems;
}

function constraintProblems(
  schema: unknown,
  constraint: KubeObject<object>,
): readonly { path: Path; message: string }[] {
  const path: Path = ["spec", "parameters"];
  const parameters = objectAt(constraint.value, path) ?? {};
  if (stringAt(constraint.value, path) !== undefined) return [{ path, message: "spec.parameters must be a mapping" }];
  return parameterProblems(schema, parameters, path).map((problem) => ({
    path: problem.path,
    message: `${toFieldPath(problem.path)} ${problem.message}`,
  }));
}
