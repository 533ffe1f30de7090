import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, readYamlObjects } from "@redoubt/kube";
import { requestForObject } from "../../model/admission-request.ts";
import { ConstraintSet, type TemplateEngine } from "./constraints.ts";

const TEMPLATE = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: requiredlabels }
spec:
  crd:
    spec:
      names: { kind: RequiredLabels }
      validation:
        openAPIV3Schema:
          type: object
          required: [labels]
          properties:
            labels: { type: array, minItems: 1, items: { type: string, pattern: "^[a-z]+$" } }
            note: { type: string, default: please }
  targets:
    - target: admission.k8s.gatekeeper.sh
      code:
        - engine: K8sNativeValidation
          source:
            variables:
              - name: missing
                expression: variables.params.labels.filter(l, !has(variables.anyObject.metadata.labels) || !(l in variables.anyObject.metadata.labels))
            validations:
              - expression: size(variables.missing) == 0
                messageExpression: '"missing " + variables.missing.join(",") + ", " + variables.params.note'
        - engine: Rego
          source:
            version: v1
            rego: |
              package requiredlabels
              import data.lib.labels
              violation contains {"msg": msg, "details": {"missing": labels.missing}} if {
                count(labels.missing) > 0
                msg := sprintf("missing %s, %s", [concat(",", labels.missing), input.parameters.note])
              }
            libs:
              - |
                package lib.labels
                present := {l | some l, _ in input.review.object.metadata.labels}
                missing := [l | some l in input.parameters.labels; not l in present]
`;

const CONSTRAINT = `
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: RequiredLabels
metadata: { name: team }
spec:
  match: { kinds: [{ apiGroups: [""], kinds: [Pod] }] }
  parameters: { labels: [team] }
`;

const POD: JsonObject = { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "shop" } };

function objects(text: string): readonly JsonObject[] {
  const read = readYamlObjects(text);
  assert.equal(read.kind, "objects");
  return read.kind === "objects" ? read.objects : [];
}

function setOf(engine: TemplateEngine, template: string, ...constraints: readonly string[]): ConstraintSet {
  const set = new ConstraintSet({ engine, limits: {} });
  for (const object of objects(template)) set.addTemplate(object);
  for (const object of constraints.flatMap(objects)) set.addConstraint(object);
  return set;
}

const AT_ADMISSION = { point: "validation.gatekeeper.sh", source: "Original", namespace: undefined } as const;

for (const engine of ["Rego", "K8sNativeValidation"] as const) {
  suite(`constraints with ${engine}`, () => {
    const set = setOf(engine, TEMPLATE, CONSTRAINT);

    test("nothing is wrong with the template and the constraint", () => {
      assert.deepEqual(set.problems, []);
    });

    test("an object that violates is told why, with defaults of parameters put in", () => {
      const [violation, ...others] = set.review(requestForObject(POD, "CREATE"), AT_ADMISSION);
      assert.deepEqual(others, []);
      assert.equal(violation?.message, "missing team, please");
      assert.equal(violation?.action, "deny");
      assert.deepEqual(violation?.policy, { kind: "RequiredLabels", name: "team" });
    });

    test("an object that complies has no violations", () => {
      const pod = { ...POD, metadata: { name: "web", labels: { team: "a" } } };
      assert.deepEqual(set.review(requestForObject(pod, "CREATE"), AT_ADMISSION), []);
    });

    test("another kind is not matched", () => {
      assert.deepEqual(set.review(requestForObject({ ...POD, kind: "Service" }, "CREATE"), AT_ADMISSION), []);
    });

    test("on DELETE the old object is judged", () => {
      assert.equal(set.review(requestForObject(POD, "DELETE"), AT_ADMISSION).length, 1);
    });
  });
}

test("a template that names no operations of the webhook is for those that the set gives it; audits ask all", () => {
  const naming = TEMPLATE.replace("- target: admission.k8s.gatekeeper.sh", "$&\n      operations: [DELETE]");
  for (const [template, expected] of [
    [TEMPLATE, [1, 0]],
    [naming, [0, 1]],
  ] as const) {
    const set = new ConstraintSet({ engine: "Rego", limits: {}, operations: ["CREATE", "UPDATE"] });
    for (const object of objects(template)) set.addTemplate(object);
    for (const object of objects(CONSTRAINT)) set.addConstraint(object);
    const found = ["CREATE", "DELETE"].map((operation) => set.review(requestForObject(POD, operation), AT_ADMISSION));
    assert.deepEqual(
      found.map(({ length }) => length),
      expected,
    );
    const audited = set.review(requestForObject(POD), { ...AT_ADMISSION, point: "audit.gatekeeper.sh" });
    assert.equal(audited.length, 1);
  }
});

test("actions follow enforcementAction and the point of enforcement", () => {
  const scoped = `
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: RequiredLabels
metadata: { name: scoped }
spec:
  enforcementAction: scoped
  scopedEnforcementActions:
    - { action: warn, enforcementPoints: [{ name: validation.gatekeeper.sh }] }
    - { action: deny, enforcementPoints: [{ name: "*" }] }
  parameters: { labels: [team] }
`;
  const warn = CONSTRAINT.replace("name: team", "name: warn").replace("spec:", "spec:\n  enforcementAction: warn");
  const set = setOf("Rego", TEMPLATE, warn, scoped);
  const actions = (point: "validation.gatekeeper.sh" | "audit.gatekeeper.sh"): readonly string[] =>
    set
      .review(requestForObject(POD, "CREATE"), { ...AT_ADMISSION, point })
      .map(({ policy, action }) => `${policy.name}:${action}`);
  assert.deepEqual(actions("validation.gatekeeper.sh"), ["warn:warn", "scoped:warn", "scoped:deny"]);
  assert.deepEqual(actions("audit.gatekeeper.sh"), ["warn:warn", "scoped:deny"]);
});

suite("what is refused", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["a parameter of another type", CONSTRAINT.replace("[team]", "team"), /must be of type array: "string"/],
    ["a missing parameter", CONSTRAINT.replace("labels: [team]", ""), /spec.parameters.labels: Required value/],
    ["a pattern that does not match", CONSTRAINT.replace("[team]", "[Team]"), /should match '\^\[a-z\]\+\$'/],
    ["an empty list", CONSTRAINT.replace("[team]", "[]"), /should have at least 1 items/],
    [
      "a scope that there is not",
      CONSTRAINT.replace("match: {", "match: { scope: Nowhere,"),
      /Unsupported value: "Nowhere"/,
    ],
    [
      "a selector without an operator that exists",
      CONSTRAINT.replace("match: {", "match: { labelSelector: { matchExpressions: [{ key: a, operator: Is }] },"),
      /"Is" is not a valid label selector operator/,
    ],
    [
      "a constraint of no template",
      CONSTRAINT.replace("kind: RequiredLabels", "kind: Other"),
      /there is no template "other" in force/,
    ],
  ];
  for (const [name, constraint, message] of cases) {
    test(`${name} is refused, and nothing else is touched`, () => {
      const set = setOf("Rego", TEMPLATE, constraint, CONSTRAINT);
      assert.match(set.problems.map((problem) => problem.message).join("\n"), message);
      assert.equal(set.constraints.length, 1);
    });
  }

  test("Rego that does not compile is refused with its line and column", () => {
    const set = setOf("Rego", TEMPLATE.replace("count(labels.missing) > 0", "count(labels.missing) > zero"));
    const [problem] = set.problems;
    assert.match(problem?.message ?? "", /rego_unsafe_var_error: var zero is unsafe/);
    assert.deepEqual([problem?.line, problem?.column], [4, 3]);
  });

  test("CEL that does not compile is reported, and the template fails closed", () => {
    const set = setOf(
      "K8sNativeValidation",
      TEMPLATE.replace("size(variables.missing) == 0", "size(variables.absent) == 0"),
      CONSTRAINT,
    );
    assert.match(set.problems[0]?.message ?? "", /undefined field 'absent'/);
    assert.match(set.review(requestForObject(POD, "CREATE"), AT_ADMISSION)[0]?.message ?? "", /compilation error/);
  });

  test("a template without `violation` is refused", () => {
    const set = setOf("Rego", TEMPLATE.replace("violation contains", "broken contains"));
    assert.match(set.problems[0]?.message ?? "", /missing required rules: \[violation\]/);
  });

  test("a template that reads other data is refused", () => {
    const set = setOf(
      "Rego",
      TEMPLATE.replace("import data.lib.labels", "import data.lib.labels\n              import data.secrets"),
    );
    assert.match(set.problems[0]?.message ?? "", /only data.inventory and data.lib may be read/);
  });

  test("a template by another name than its kind is refused", () => {
    const set = setOf("Rego", TEMPLATE.replace("name: requiredlabels }", "name: other }"));
    assert.match(set.problems[0]?.message ?? "", /not equal to the lowercase of CRD's Kind/);
  });
});

test("data.inventory holds what was synced, and what is synced later", () => {
  const template = `
apiVersion: templates.gatekeeper.sh/v1beta1
kind: ConstraintTemplate
metadata: { name: uniquename }
spec:
  crd: { spec: { names: { kind: UniqueName } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package uniquename
        violation[{"msg": "taken"}] {
          data.inventory.namespace[_]["v1"].Pod[input.review.object.metadata.name]
        }
        violation[{"msg": "the namespace is known"}] {
          data.inventory.cluster["v1"].Namespace[input.review.namespace]
        }
`;
  const set = setOf(
    "Rego",
    template,
    "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: UniqueName\nmetadata: { name: all }\n",
  );
  assert.deepEqual(set.problems, []);
  const review = (): readonly string[] =>
    set.review(requestForObject(POD, "CREATE"), AT_ADMISSION).map(({ message }) => message);
  assert.deepEqual(review(), []);
  set.setInventory([{ ...POD, metadata: { name: "web", namespace: "other" } }]);
  assert.deepEqual(review(), ["taken"]);
  set.setInventory([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }]);
  assert.deepEqual(review(), ["the namespace is known"]);
});
