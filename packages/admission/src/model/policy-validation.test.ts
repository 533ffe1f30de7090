import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { JsonObject } from "@redoubt/kube";
import { PolicySet } from "../engine/policies.ts";
import { policyErrors } from "./policy-validation.ts";

const RULE: JsonObject = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };

function policy(kind: string, spec: JsonObject, name = "p"): JsonObject {
  return { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name }, spec };
}

function validating(spec: JsonObject): JsonObject {
  const good = { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: "true" }] };
  return policy("ValidatingAdmissionPolicy", { ...good, ...spec });
}

function mutating(spec: JsonObject): JsonObject {
  const mutations = [{ patchType: "ApplyConfiguration", applyConfiguration: { expression: "Object{}" } }];
  const good = { matchConstraints: { resourceRules: [RULE] }, reinvocationPolicy: "Never", mutations };
  return policy("MutatingAdmissionPolicy", { ...good, ...spec });
}

function binding(spec: JsonObject): JsonObject {
  return policy("ValidatingAdmissionPolicyBinding", { policyName: "p", validationActions: ["Deny"], ...spec });
}

/** As the API server of 1.34 answers; testing/cluster has more of them. */
const REFUSED: readonly (readonly [JsonObject, readonly string[]])[] = [
  [
    validating({ auditAnnotations: Array.from({ length: 21 }, () => ({ key: "k", valueExpression: "'a'" })) }),
    [
      `spec.auditAnnotations: Invalid value: [${Array.from({ length: 21 }, () => `{"Key":"k","ValueExpression":"'a'"}`).join(",")}]: must not have more than 20 auditAnnotations`,
      ...Array.from({ length: 20 }, (_, at) => `spec.auditAnnotations[${at + 1}].key: Duplicate value: "k"`),
    ],
  ],
  [
    validating({ matchConditions: Array.from({ length: 65 }, (_, at) => ({ name: `c${at}`, expression: "true" })) }),
    ["spec.matchConditions: Too many: 65: must have at most 64 items"],
  ],
  [
    validating({ auditAnnotations: [{ key: "k", valueExpression: `'${"é".repeat(2600)}'` }] }),
    ["spec.auditAnnotations[0].valueExpression: Required value: must not exceed 5120 bytes in length"],
  ],
  [
    validating({ validations: [{ expression: " ", message: "a\nb", reason: "Why" }] }),
    [
      "spec.validations[0].expression: Required value: expression is not specified",
      String.raw`spec.validations[0].message: Invalid value: "a\nb": must not contain line breaks`,
      'spec.validations[0].reason: Unsupported value: "Why": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
  ],
  [
    validating({ variables: [{ name: "in", expression: "1" }] }),
    ['spec.variables[0].name: Invalid value: "in": must be a valid CEL identifier'],
  ],
  [
    validating({ paramKind: { apiVersion: "a/b/c", kind: "" } }),
    [
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      "spec.paramKind.kind: Required value",
    ],
  ],
  [
    mutating({
      matchConstraints: { resourceRules: [{ ...RULE, operations: ["DELETE"] }] },
      reinvocationPolicy: "Once",
    }),
    [
      'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
      'spec.reinvocationPolicy: Unsupported value: "Once": supported values: "IfNeeded", "Never"',
    ],
  ],
  [
    mutating({ mutations: [{ patchType: "JSONPatch", applyConfiguration: { expression: "Object{}" } }] }),
    [
      "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch",
      'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
    ],
  ],
  [
    binding({ validationActions: ["Deny", "Warn"], paramRef: { name: "a", selector: {} } }),
    [
      "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
      "spec.paramRef.selector: Forbidden: name and selector are mutually exclusive",
      "spec.paramRef.parameterNotFoundAction: Required value",
      'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
  ],
];

suite("what an API server refuses about policies", () => {
  test("policies and bindings that it takes have no problem", () => {
    for (const good of [validating({}), mutating({}), binding({})]) {
      assert.deepEqual(new PolicySet([good]).problems, []);
    }
  });

  for (const [refused, expected] of REFUSED) {
    test(`${expected[0]?.slice(0, 100) ?? ""} is a problem of the policy`, () => {
      const messages = new PolicySet([refused]).problems.map(({ message }) => message);
      assert.deepEqual(messages, expected);
    });
  }

  test("whatever stands in the fields, nothing throws", () => {
    const hostile = [null, 0, 9007199254740993n, "", [], {}, [null], [[]], [{}], { a: null }];
    for (const kind of ["ValidatingAdmissionPolicy", "MutatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]) {
      for (const value of hostile) {
        assert.ok(policyErrors({ kind, metadata: value, spec: value }).length > 0);
        const fields = [
          "matchConstraints",
          "matchConditions",
          "variables",
          "validations",
          "auditAnnotations",
          "mutations",
        ];
        const spec = Object.fromEntries([...fields, "paramKind", "paramRef"].map((field) => [field, value]));
        assert.ok(policyErrors({ kind, metadata: { name: "a" }, spec }).length > 0);
      }
    }
    assert.deepEqual(policyErrors({ kind: "Pod" }), []);
  });
});
