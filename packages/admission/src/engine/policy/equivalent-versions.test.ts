import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, isJsonObject, stringAt } from "@redoubt/kube";
import { requestForObject } from "../../model/admission-request.ts";
import { clusterViewOf } from "../../model/cluster-view.ts";
import { type Decision, decideRequest } from "../decide.ts";
import { PolicySet } from "../policies.ts";

const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
const VERSIONS = ["v1", "v2"].map((name) => ({ name, served: true, storage: name === "v1", schema }));

function definition(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: { group: "example.com", names: { kind: "Widget", plural: "widgets" }, versions: VERSIONS, ...spec },
  };
}

const WIDGET: JsonObject = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
const SCALER: JsonObject = {
  apiVersion: "autoscaling/v1",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "h", namespace: "team" },
};

function policies(kind: string, versions: readonly string[], match: JsonObject, spec: JsonObject): JsonObject[] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const rule = { apiGroups: ["*"], apiVersions: [...versions], operations: ["*"], resources: ["*"] };
  const matchConstraints = { resourceRules: [rule], ...match };
  const binding = { policyName: "p", validationActions: ["Deny"] };
  return [
    { apiVersion, kind, metadata: { name: "p" }, spec: { matchConstraints, ...spec } },
    { apiVersion, kind: `${kind}Binding`, metadata: { name: "b" }, spec: binding },
  ];
}

const SEEN =
  "object.apiVersion + ' ' + request.kind.version + ' ' + request.resource.version + ' ' + request.requestKind.version";

function judged(
  versions: readonly string[],
  match: JsonObject = {},
  object: JsonObject = WIDGET,
  defined: JsonObject = definition(),
): Decision {
  const validations = [{ expression: "false", messageExpression: SEEN }];
  const set = new PolicySet(policies("ValidatingAdmissionPolicy", versions, match, { validations }));
  return decideRequest(requestForObject(object, "CREATE"), set, { cluster: clusterViewOf([defined]) });
}

suite("policies for another version of a resource", () => {
  test("see the object in that version, and the request's own beside it", () => {
    const [seen, own] = ["example.com/v2 v2 v2 v1", "example.com/v1 v1 v1 v1"];
    const rules = (...versions: readonly string[]): JsonObject => ({
      resourceRules: versions.map((version) => ({
        apiGroups: ["*"],
        apiVersions: [version],
        operations: ["*"],
        resources: ["*"],
      })),
    });
    assert.match(judged(["v2"]).message ?? "", new RegExp(`${seen}$`));
    for (const own1 of [judged(["v1", "v2"]), judged(["*"]), judged([], rules("v2", "v1"))]) {
      assert.match(own1.message ?? "", new RegExp(`${own}$`));
    }
  });

  test("are for no version that is not there, and with Exact for their own alone", () => {
    assert.equal(judged(["v3"]).allowed, true);
    assert.equal(judged(["v2"], { matchPolicy: "Exact" }).allowed, true);
    const versions = VERSIONS.map((version) => ({ ...version, served: version.name === "v1" }));
    assert.equal(judged(["v2"], {}, WIDGET, definition({ versions })).allowed, false);
    const excludeResourceRules = [{ apiGroups: ["*"], apiVersions: ["v2"], operations: ["*"], resources: ["*"] }];
    assert.equal(judged(["v1"], { excludeResourceRules }).allowed, true);
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d", namespace: "team" } };
    assert.equal(judged(["v1beta2"], {}, deployment).allowed, true);
  });

  test("fail, and say what to do, where no conversion is known", () => {
    const expected =
      /: failed to configure policy: HorizontalPodAutoscaler of autoscaling\/v1 cannot be converted to v2 here: name v1 in apiVersions too$/;
    assert.match(judged(["v2"], {}, SCALER).message ?? "", expected);
    assert.equal(judged(["v1", "v2"], {}, SCALER).message?.endsWith("autoscaling/v1 v1 v1 v1"), true);
    const converted = judged(["v2"], {}, WIDGET, definition({ conversion: { strategy: "Webhook" } }));
    assert.match(converted.message ?? "", /cannot be converted to v2 here/);
  });

  test("change it there, and it comes back in its own", () => {
    const expression = "Object{metadata: Object.metadata{annotations: {'seen': object.apiVersion}}}";
    const mutations = [{ patchType: "ApplyConfiguration", applyConfiguration: { expression } }];
    const spec = { reinvocationPolicy: "Never", mutations };
    const set = new PolicySet(policies("MutatingAdmissionPolicy", ["v2"], {}, spec));
    const cluster = clusterViewOf([definition()]);
    const { object, patches } = decideRequest(requestForObject(WIDGET, "CREATE"), set, { cluster });
    assert.ok(isJsonObject(object));
    assert.equal(object["apiVersion"], "example.com/v1");
    assert.equal(stringAt(object, ["metadata", "annotations", "seen"]), "example.com/v2");
    assert.deepEqual(
      patches.map(({ path }) => path),
      ["/metadata/annotations"],
    );
  });
});
