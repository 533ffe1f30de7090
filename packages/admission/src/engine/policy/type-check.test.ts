import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { JsonObject } from "@redoubt/kube";
import { clusterViewOf } from "../../model/cluster-view.ts";
import { expressionWarnings } from "./type-check.ts";

const DEFINITION: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets" },
    versions: [
      {
        name: "v1",
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              "max-size": { type: "integer" },
              port: { "x-kubernetes-int-or-string": true },
              free: { "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
};

function policy(expression: string, group = "apps", resource = "deployments", extra: JsonObject = {}): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "p" },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [group], apiVersions: ["v1"], operations: ["CREATE"], resources: [resource] }],
      },
      validations: [{ expression }],
      ...extra,
    },
  };
}

function warnings(value: JsonObject): readonly string[] {
  return expressionWarnings(value, clusterViewOf([DEFINITION])).map(({ warning }) => warning);
}

suite("type checking of policies", () => {
  test("an expression that fits the kind has no warning", () => {
    const expressions = [
      "object.spec.replicas > 1",
      "object.metadata.labels.app == 'x'",
      "object.metadata.namespace == object.metadata.__namespace__",
      "object.spec.strategy.rollingUpdate.maxSurge == '25%'",
      "object.metadata.creationTimestamp < timestamp('2020-01-01T00:00:00Z')",
    ];
    for (const expression of expressions) assert.deepEqual(warnings(policy(expression)), [], expression);
    assert.deepEqual(
      warnings(policy("object.max__dash__size > 1 && object.port == 'x'", "example.com", "widgets")),
      [],
    );
  });

  test("an expression that does not has one for each kind, with its place", () => {
    assert.deepEqual(warnings(policy("object.spec.replica > 1")), [
      "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'replica'\n | object.spec.replica > 1\n | ...........^\n",
    ]);
    assert.match(warnings(policy("object.spec.replicas == 'x'")).join(), /_==_' applied to '\(int, string\)'/);
    assert.match(warnings(policy("object.free.x == 1", "example.com", "widgets")).join(), /undefined field 'free'/);
    assert.match(warnings(policy("object.spec.x", "", "pods")).join(), /^\/v1, Kind=Pod: /);
    const params = { paramKind: { apiVersion: "v1", kind: "ConfigMap" } };
    assert.match(
      warnings(policy("params.dat.x == '1'", "apps", "deployments", params)).join(),
      /undefined field 'dat'/,
    );
  });

  test("wildcards, subresources and unknown kinds are not checked", () => {
    for (const [group, resource] of [
      ["*", "deployments"],
      ["apps", "*"],
      ["apps", "deployments/scale"],
      ["none.example.com", "nothings"],
    ] as const) {
      assert.deepEqual(warnings(policy("object.nonsense", group, resource)), []);
    }
  });

  test("a schema that holds itself comes to an end", () => {
    const recursive = policy("object.spec.nope", "apiextensions.k8s.io", "customresourcedefinitions");
    assert.match(warnings(recursive).join(), /undefined field 'nope'/);
  });
});
