import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, isJsonObject, parseJson, readYamlObjects } from "@redoubt/kube";
import { decide } from "./decide.ts";
import { PolicySet } from "./policies.ts";
import { reviewResponse } from "./review-response.ts";

function objects(text: string): readonly JsonObject[] {
  const read = readYamlObjects(text);
  assert.equal(read.kind, "objects");
  return read.kind === "objects" ? read.objects : [];
}

/** A review as it comes over the wire: `serial` is the text of a number. */
function reviewOf(serial: string): JsonObject {
  const review = parseJson(`{
    "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
    "request": {
      "uid": "1", "operation": "CREATE", "name": "w", "namespace": "",
      "kind": {"group": "example.com", "version": "v1", "kind": "Widget"},
      "resource": {"group": "example.com", "version": "v1", "resource": "widgets"},
      "object": {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"},
                 "spec": {"serial": ${serial}}}
    }}`);
  assert(isJsonObject(review));
  return review;
}

const cel = (expression: string): readonly JsonObject[] =>
  objects(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: p }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }]
  validations: [{ expression: ${JSON.stringify(expression)} }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: b }
spec: { policyName: p, validationActions: [Deny] }
`);

const constraint = (serial: string, maximum = "9223372036854775807"): readonly JsonObject[] =>
  objects(`
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: serials }
spec:
  crd:
    spec:
      names: { kind: Serials }
      validation:
        openAPIV3Schema: { type: object, properties: { serial: { type: integer, maximum: ${maximum} } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package serials
        violation[{"msg": msg, "details": {"next": input.review.object.spec.serial + 1}}] {
          input.review.object.spec.serial == input.parameters.serial
          msg := sprintf("serial %v is taken", [input.review.object.spec.serial])
        }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Serials
metadata: { name: taken }
spec: { parameters: { serial: ${serial} } }
`);

suite("integers that no double holds", () => {
  test("expressions see 64 bits, and doubles beyond", () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["9007199254740993", "object.spec.serial == 9007199254740993", true],
      ["9007199254740992", "object.spec.serial == 9007199254740993", false],
      ["9223372036854775807", "object.spec.serial == 9223372036854775807", true],
      ["9223372036854775806", "object.spec.serial == 9223372036854775807", false],
      ["-9223372036854775808", "object.spec.serial < -9223372036854775807", true],
      ["9007199254740993", "type(object.spec.serial) == int", true],
      ["9223372036854775808", "type(object.spec.serial) == double", true],
      ["9007199254740993", "string(object.spec.serial + 1) == '9007199254740994'", true],
    ];
    for (const [serial, expression, isTrue] of cases) {
      const decision = decide(reviewOf(serial), new PolicySet(cel(expression)));
      assert.equal(decision.allowed, isTrue, `${serial}: ${expression}: ${decision.message ?? ""}`);
    }
  });

  test("Rego, parameters and details see every digit", () => {
    const set = new PolicySet(constraint("9007199254740993"));
    assert.deepEqual(set.problems, []);
    assert.equal(decide(reviewOf("9007199254740992"), set).allowed, true);
    const [violation] = decide(reviewOf("9007199254740993"), set).violations;
    assert.equal(violation?.message, "serial 9007199254740993 is taken");
    assert.deepEqual(violation?.details, { next: 9007199254740994n });
  });

  test("bounds of a template's schema are compared digit by digit", () => {
    const problems = (serial: string): readonly string[] =>
      new PolicySet(constraint(serial, "9007199254740993")).problems.map(({ message }) => message);
    assert.deepEqual(problems("9007199254740993"), []);
    assert.match(problems("9007199254740994").join(), /9007199254740994.*less than or equal to 9007199254740993/);
  });

  test("a mutation that lies beside them leaves them, and one that makes them writes every digit", () => {
    const assign = (field: string, value: string): JsonObject =>
      objects(`
apiVersion: mutations.gatekeeper.sh/v1
kind: Assign
metadata: { name: ${field} }
spec:
  applyTo: [{ groups: [example.com], kinds: [Widget], versions: [v1] }]
  location: spec.${field}
  parameters: { assign: { value: ${value} } }
`)[0] ?? assert.fail();
    const set = new PolicySet([assign("beside", "1"), assign("next", "9007199254740995")]);
    assert.deepEqual(set.problems, []);
    const { response } = reviewResponse("1", decide(reviewOf("9007199254740993"), set));
    assert(isJsonObject(response) && typeof response["patch"] === "string");
    assert.equal(
      Buffer.from(response["patch"], "base64").toString(),
      '[{"op":"add","path":"/spec/beside","value":1},{"op":"add","path":"/spec/next","value":9007199254740995}]',
    );
  });
});
