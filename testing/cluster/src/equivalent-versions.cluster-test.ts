/** What policies see whose rules name another version of a resource than the request's, held against a real API server. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PolicySet, clusterViewOf, decideRequest, requestForObject } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { ControlPlane } from "./control-plane.ts";

const TIMEOUT_MS = 60_000;
const POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

const schema = (...fields: readonly string[]): JsonObject => {
  const properties = Object.fromEntries(fields.map((field) => [field, { type: "string" }]));
  return { openAPIV3Schema: { type: "object", properties } };
};
const DEFINITION: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.test.redoubt.dev" },
  spec: {
    group: "test.redoubt.dev",
    scope: "Cluster",
    names: { kind: "Widget", plural: "widgets" },
    versions: [
      { name: "v1", served: true, storage: true, schema: schema("one", "both") },
      { name: "v2", served: true, storage: false, schema: schema("both") },
      { name: "v3", served: false, storage: false, schema: schema("both") },
    ],
  },
};

const rule = (apiVersions: readonly string[]): JsonObject => ({
  apiGroups: ["*"],
  apiVersions: [...apiVersions],
  operations: ["CREATE"],
  resources: ["widgets"],
});

const MATCHES: readonly JsonObject[] = [
  { resourceRules: [rule(["v2"])] },
  { resourceRules: [rule(["v1", "v2"])] },
  { resourceRules: [rule(["*"])] },
  { resourceRules: [rule(["v2"]), rule(["v1"])] },
  { resourceRules: [rule(["v3"])] },
  { resourceRules: [rule(["v4"])] },
  { resourceRules: [rule(["v2"])], matchPolicy: "Exact" },
  { resourceRules: [rule(["v1"])], excludeResourceRules: [rule(["v2"])] },
];

const SEEN =
  "object.apiVersion + ' ' + request.kind.version + ' ' + request.resource.version + ' ' + request.requestKind.version + ' ' + string(has(object.both)) + string(has(object.one))";

interface Prepared {
  readonly objects: readonly [policy: JsonObject, binding: JsonObject];
  readonly widget: JsonObject;
}

function prepare(match: JsonObject, index: number): Prepared {
  const name = `case-${index}`;
  const apiVersion = "admissionregistration.k8s.io/v1";
  const matchConstraints = { ...match, objectSelector: { matchLabels: { case: name } } };
  const validations = [{ expression: "false", messageExpression: SEEN }];
  const metadata = { name, labels: { case: name } };
  return {
    objects: [
      {
        apiVersion,
        kind: "ValidatingAdmissionPolicy",
        metadata: { name },
        spec: { matchConstraints, validations },
      },
      {
        apiVersion,
        kind: "ValidatingAdmissionPolicyBinding",
        metadata: { name },
        spec: { policyName: name, validationActions: ["Deny"] },
      },
    ],
    widget: { apiVersion: "test.redoubt.dev/v1", kind: "Widget", metadata, one: "1", both: "2" },
  };
}

suite("policies for other versions of a resource", () => {
  let plane: ControlPlane;
  const cases = MATCHES.map(prepare);
  const sentinel = prepare({ resourceRules: [rule(["*"])] }, MATCHES.length);

  before(async () => {
    plane = await ControlPlane.start({});
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    assert.equal((await plane.admin.post(definitions, DEFINITION)).status, 201);
    for (const { objects } of [...cases, sentinel]) {
      for (const [at, path] of [POLICIES, BINDINGS].entries()) {
        const { status, body } = await plane.admin.post(path, objects[at]);
        assert.equal(status, 201, JSON.stringify(body));
      }
    }
    const deadline = Date.now() + TIMEOUT_MS;
    while ((await theirs(sentinel.widget)) === "allowed") {
      assert.ok(Date.now() < deadline, "policies are not put to work");
      await sleep(200);
    }
  });
  after(() => plane.stop());

  test(`${MATCHES.length} policies see what they see there`, async () => {
    const cluster = clusterViewOf([DEFINITION]);
    for (const { objects, widget } of cases) {
      const { allowed, message = "" } = decideRequest(requestForObject(widget, "CREATE"), new PolicySet(objects), {
        cluster,
      });
      const name = stringAt(widget, ["metadata", "name"]) ?? "";
      const ours = allowed ? "allowed" : `widgets.test.redoubt.dev "${name}" is forbidden: ${message}`;
      assert.equal(ours, await theirs(widget), JSON.stringify(objects[0]));
    }
  });

  async function theirs(widget: JsonObject): Promise<string> {
    const { status, body } = await plane.admin.post("/apis/test.redoubt.dev/v1/widgets?dryRun=All", widget);
    return status === 201 ? "allowed" : (stringAt(body, ["message"]) ?? "");
  }
});
