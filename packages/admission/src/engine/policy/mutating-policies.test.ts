import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, type JsonValue, valueAt } from "@redoubt/kube";
import { requestForObject } from "../../model/admission-request.ts";
import { clusterViewOf } from "../../model/cluster-view.ts";
import { decideRequest } from "../decide.ts";
import { PolicySet } from "../policies.ts";

const FIELD = { type: "string" };

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
              parts: {
                type: "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                items: { type: "object", properties: { name: FIELD, size: { type: "integer" } } },
              },
              tags: { type: "array", "x-kubernetes-list-type": "set", items: FIELD },
              plain: { type: "array", items: FIELD },
            },
          },
        },
      },
    ],
  },
};

const WIDGET: JsonObject = {
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name: "w", namespace: "team" },
  parts: [{ name: "a", size: 1 }],
  tags: ["x"],
};

const CONFIG: JsonObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c", namespace: "team", labels: { app: "web" } },
  data: { key: "value" },
};

function apply(expression: string): JsonObject {
  return { patchType: "ApplyConfiguration", applyConfiguration: { expression } };
}

function patch(expression: string): JsonObject {
  return { patchType: "JSONPatch", jsonPatch: { expression } };
}

function policy(name: string, mutations: readonly JsonObject[], spec: JsonObject = {}): readonly JsonObject[] {
  const rule = { apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE"], resources: ["*"] };
  const apiVersion = "admissionregistration.k8s.io/v1beta1";
  return [
    {
      apiVersion,
      kind: "MutatingAdmissionPolicy",
      metadata: { name },
      spec: { matchConstraints: { resourceRules: [rule] }, mutations: [...mutations], ...spec },
    },
    { apiVersion, kind: "MutatingAdmissionPolicyBinding", metadata: { name }, spec: { policyName: name } },
  ];
}

function outcome(object: JsonObject, policies: readonly JsonObject[]): JsonObject | string {
  const cluster = clusterViewOf([DEFINITION]);
  const decision = decideRequest(requestForObject(object, "CREATE"), new PolicySet(policies), { cluster });
  return decision.allowed ? (decision.object ?? {}) : (decision.message ?? "");
}

suite("mutating policies", () => {
  test("lists are merged as their schema says", () => {
    const results: readonly (readonly [JsonObject, string, readonly string[], JsonValue])[] = [
      [
        WIDGET,
        "Object{parts: [Object.parts{name: 'b', size: 2}, Object.parts{name: 'a', size: 3}]}",
        ["parts"],
        [
          { name: "b", size: 2 },
          { name: "a", size: 3 },
        ],
      ],
      [WIDGET, "Object{tags: ['y', 'x']}", ["tags"], ["y", "x"]],
      [CONFIG, "Object{metadata: Object.metadata{finalizers: ['a.b/c']}}", ["metadata", "finalizers"], ["a.b/c"]],
      [CONFIG, "Object{data: {'new': '1'}}", ["data"], { key: "value", new: "1" }],
    ];
    for (const [object, expression, path, expected] of results) {
      const changed = outcome(object, policy("p", [apply(expression)]));
      assert.ok(typeof changed !== "string", JSON.stringify(changed));
      assert.deepEqual(valueAt(changed, path), expected, expression);
    }
  });

  test("what does not fit the schema fails with its place", () => {
    const failures: readonly (readonly [JsonObject, JsonObject, RegExp])[] = [
      [WIDGET, apply("Object{plain: ['x']}"), /may not mutate atomic arrays, maps or structs: \.plain/],
      [WIDGET, apply("Object{parts: [Object.parts{size: 2}]}"), /omits all key fields \["name"\]/],
      [WIDGET, apply("Object{tags: ['y', 'y']}"), /\.tags: duplicate entries for key \[="y"\]/],
      [WIDGET, apply("Object{other: 'x'}"), /\.other: field not declared in schema/],
      [CONFIG, apply("Object{immutable: 'yes'}"), /\.immutable: expected boolean, got &\{yes\}/],
      [CONFIG, patch('[JSONPatch{op: "remove", path: "/data/none"}]'), /Unable to remove nonexistent key: none/],
      [CONFIG, patch('[JSONPatch{op: "add", path: "/none/x", value: "y"}]'), /doc is missing path: "\/none\/x"/],
    ];
    for (const [object, mutation, message] of failures) {
      const failure = outcome(object, policy("p", [mutation]));
      assert.ok(typeof failure === "string", JSON.stringify(mutation));
      assert.match(failure, message);
      assert.deepEqual(outcome(object, policy("p", [mutation], { failurePolicy: "Ignore" })), object);
    }
  });

  test("a patch that makes no object of its kind refuses the request whatever the failure policy", () => {
    const unknown = patch('[JSONPatch{op: "add", path: "/dataa", value: {"a": "b"}}]');
    const wrong = patch('[JSONPatch{op: "add", path: "/data", value: {"a": 1}}]');
    for (const failurePolicy of ["Fail", "Ignore"]) {
      assert.equal(
        outcome(CONFIG, policy("p", [unknown], { failurePolicy })),
        'Internal error occurred: strict decoding error: unknown field "dataa"',
      );
      assert.equal(
        outcome(CONFIG, policy("p", [wrong], { failurePolicy })),
        "Internal error occurred: json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
      );
    }
  });

  test("values of a patch may be of types below Object", () => {
    const changed = outcome(
      CONFIG,
      policy("p", [patch('[JSONPatch{op: "add", path: "/data", value: Object.data{a: "b"}}]')]),
    );
    assert.deepEqual(valueAt(typeof changed === "string" ? null : changed, ["data"]), { a: "b" });
  });

  test("which policies are for a request is settled before any changes it", () => {
    const label = policy("a", [apply("Object{metadata: Object.metadata{labels: {'late': 'yes'}}}")]);
    const late = policy("b", [apply("Object{data: {'late': 'seen'}}")], {
      matchConstraints: {
        objectSelector: { matchLabels: { late: "yes" } },
        resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE"], resources: ["*"] }],
      },
    });
    const changed = outcome(CONFIG, [...label, ...late]);
    assert.ok(typeof changed !== "string");
    assert.equal(valueAt(changed, ["data", "late"]), undefined);
    assert.equal(valueAt(changed, ["metadata", "labels", "late"]), "yes");
  });

  test("policies that want it are asked again after others", () => {
    const count = apply("Object{data: {'count': string(int(object.data.?count.orValue('0')) + 1)}}");
    const results: readonly (readonly [string, string])[] = [
      ["IfNeeded", "2"],
      ["Never", "1"],
    ];
    for (const [reinvocationPolicy, expected] of results) {
      const changed = outcome(CONFIG, policy("a", [count], { reinvocationPolicy }));
      assert.equal(valueAt(typeof changed === "string" ? null : changed, ["data", "count"]), expected);
    }
  });

  test("what a mutation adds has the defaults of its definition for the next, and what no schema declares stops merging", () => {
    const part = { type: "object", properties: { name: FIELD, size: { type: "integer", default: 3 } } };
    const properties = { mode: { type: "string", default: "auto" }, parts: { type: "array", items: part } };
    const definition = structuredClone(DEFINITION);
    const version = { name: "v1", schema: { openAPIV3Schema: { type: "object", properties } } };
    definition["spec"] = { group: "example.com", names: { kind: "Widget" }, scope: "Namespaced", versions: [version] };
    const cluster = clusterViewOf([definition]);
    const widget = {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w", namespace: "team" },
    };
    const note = apply("Object{mode: object.mode + string(object.parts[0].size)}");
    const add = (path: string, value: string): JsonObject => ({
      patchType: "JSONPatch",
      jsonPatch: { expression: `[JSONPatch{op: 'add', path: '${path}', value: ${value}}]` },
    });
    const decided = (mutations: readonly JsonObject[], asked: JsonObject = widget): ReturnType<typeof decideRequest> =>
      decideRequest(requestForObject(asked, "CREATE"), new PolicySet(policy("a", mutations)), { cluster });
    const { object } = decided([add("/parts", "[{'name': 'x'}]"), note]);
    assert.deepEqual(object, { ...widget, parts: [{ name: "x", size: 3 }], mode: "auto3" });
    // A field that came with the request is not held against the policy: the API server has dropped it before.
    assert.equal(decided([add("/parts", "[{'name': 'x'}]"), note], { ...widget, more: 1 }).allowed, true);
    assert.match(
      decided([add("/parts", "[{'name': 'x'}]"), add("/other", "1"), note]).message ?? "",
      /failed to convert original object to typed object: \.other: field not declared in schema$/,
    );
  });

  test("match conditions know no variables", () => {
    const [first] = policy("p", [apply("Object{}")], {
      variables: [{ name: "v", expression: "true" }],
      matchConditions: [{ name: "c", expression: "variables.v" }],
    });
    const problems = new PolicySet(first === undefined ? [] : [first]).problems.map(({ message }) => message);
    assert.match(problems.join(), /undeclared reference to 'variables'/);
  });
});
