/** What later mutations see of earlier ones: defaults of custom resources, and policies that are asked again, as a real API server has it. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PolicySet, clusterViewOf, decideRequest, requestForObject } from "@redoubt/admission";
import { type JsonObject, isJsonObject, objectAt, parseJson, stringAt } from "@redoubt/kube";
import { ControlPlane } from "./control-plane.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1beta1";
const TIMEOUT_MS = 60_000;

const text = (extra: JsonObject = {}): JsonObject => ({ type: "string", ...extra });
const DEFINITION: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.test.redoubt.dev" },
  spec: {
    group: "test.redoubt.dev",
    scope: "Cluster",
    names: { kind: "Widget", plural: "widgets" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  mode: text({ default: "auto" }),
                  serial: { type: "integer", format: "int64" },
                  parts: {
                    type: "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    items: {
                      type: "object",
                      required: ["name"],
                      properties: {
                        name: text(),
                        size: { type: "integer", default: 1 },
                        paint: { type: "object", properties: { color: text({ default: "red" }), coat: text() } },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

const apply = (expression: string): JsonObject => ({
  patchType: "ApplyConfiguration",
  applyConfiguration: { expression },
});
const patch = (expression: string): JsonObject => ({ patchType: "JSONPatch", jsonPatch: { expression } });
const note = (key: string, value: string): JsonObject =>
  apply(`Object{metadata: Object.metadata{annotations: {"${key}": ${value}}}}`);
const policy = (reinvocationPolicy: "IfNeeded" | "Never", ...mutations: readonly JsonObject[]): JsonObject => ({
  failurePolicy: "Fail",
  reinvocationPolicy,
  mutations: [...mutations],
});
const ADD_PART = apply(
  "Object{spec: Object.spec{parts: [Object.spec.parts{name: 'x', paint: Object.spec.parts.paint{}}]}}",
);
const COUNT =
  "string((has(object.metadata.annotations) && 'n' in object.metadata.annotations ? int(object.metadata.annotations['n']) : 0) + 1)";

/** Each leaves the annotation `done`, or refuses, in whatever order the API server takes its policies: it keeps them in a Go map. */
const CASES: Readonly<Record<string, readonly JsonObject[]>> = {
  "a part that is applied has its defaults for the next mutation": [
    policy("Never", ADD_PART, note("done", "string(object.spec.parts[0].size) + object.spec.parts[0].paint.color")),
  ],
  "a part that is patched in has its defaults for the next mutation": [
    policy(
      "Never",
      patch("[JSONPatch{op: 'add', path: '/spec/parts', value: [{'name': 'y'}]}]"),
      note("done", "string(object.spec.parts[0].size)"),
    ),
  ],
  "a field that is removed, or null, has its default again": [
    policy("Never", patch("[JSONPatch{op: 'remove', path: '/spec/mode'}]"), note("first", "object.spec.mode")),
    policy("Never", patch("[JSONPatch{op: 'add', path: '/spec/mode', value: null}]"), note("done", "object.spec.mode")),
  ],
  "nothing is pruned before the object is stored": [
    policy(
      "Never",
      patch("[JSONPatch{op: 'add', path: '/spec/unknown', value: 'u'}]"),
      patch("[JSONPatch{op: 'add', path: '/metadata/annotations', value: {'done': string(has(object.spec.unknown))}}]"),
    ),
  ],
  "nothing is applied to an object with a field that is not declared": [
    policy("Never", patch("[JSONPatch{op: 'add', path: '/spec/unknown', value: 'u'}]"), note("done", "'yes'")),
  ],
  "nothing is applied to an object with two items of one key": [
    policy(
      "Never",
      patch("[JSONPatch{op: 'add', path: '/spec/parts', value: [{'name': 'y'}, {'name': 'y'}]}]"),
      note("done", "'yes'"),
    ),
  ],
  "a policy that wants it is asked again where a later one changed something": [
    policy("IfNeeded", note("n", COUNT)),
    policy("Never", note("done", "'yes'")),
  ],
  "a policy that does not want it is asked once": [
    policy("Never", note("n", COUNT)),
    policy("Never", note("done", "'1'")),
  ],
  "two that change the same are each asked twice": [
    policy("IfNeeded", note("n", COUNT)),
    policy("IfNeeded", note("n", COUNT), note("done", "'2'")),
  ],
  "a number of 64 bits stays as it is beside a mutation": [policy("Never", note("done", "string(object.spec.serial)"))],
};

interface Prepared {
  readonly title: string;
  readonly objects: readonly JsonObject[];
  readonly widget: JsonObject;
}

function prepare([title, specs]: readonly [string, readonly JsonObject[]], index: number): Prepared {
  const label = `case-${index}`;
  const objects = specs.flatMap((spec, at) => {
    const metadata = { name: `${label}-${at}` };
    const rule = { apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE"], resources: ["widgets"] };
    const matchConstraints = { objectSelector: { matchLabels: { case: label } }, resourceRules: [rule] };
    const apiVersion = "admissionregistration.k8s.io/v1beta1";
    return [
      { apiVersion, kind: "MutatingAdmissionPolicy", metadata, spec: { ...spec, matchConstraints } },
      { apiVersion, kind: "MutatingAdmissionPolicyBinding", metadata, spec: { policyName: metadata.name } },
    ];
  });
  const metadata = { name: label, labels: { case: label } };
  // A double holds this number, so that a client that knows no other can send it.
  const widget = { apiVersion: "test.redoubt.dev/v1", kind: "Widget", metadata, spec: { serial: 2 ** 60 } };
  return { title, objects, widget };
}

suite("mutations that follow each other", () => {
  let plane: ControlPlane;
  const cases = Object.entries(CASES).map(prepare);

  before(async () => {
    plane = await ControlPlane.start({
      featureGates: { MutatingAdmissionPolicy: true },
      flags: { "runtime-config": "admissionregistration.k8s.io/v1beta1=true" },
    });
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    assert.equal((await plane.admin.post(definitions, DEFINITION)).status, 201);
    for (const object of cases.flatMap(({ objects }) => objects)) {
      const isBinding = stringAt(object, ["kind"])?.endsWith("Binding") === true;
      const path = `${GROUP}/mutatingadmission${isBinding ? "policybindings" : "policies"}`;
      const { status, body } = await plane.admin.post(path, object);
      assert.equal(status, 201, JSON.stringify(body));
    }
  });
  after(() => plane.stop());

  for (const { title, objects, widget } of cases) {
    test(title, async () => {
      const theirs = await created(widget);
      const sent = parseJson(JSON.stringify({ ...widget, spec: { ...objectAt(widget, ["spec"]), mode: "auto" } }));
      assert.ok(isJsonObject(sent));
      const request = { ...requestForObject(sent, "CREATE"), dryRun: true };
      const decision = decideRequest(request, new PolicySet(objects), { cluster: clusterViewOf([DEFINITION]) });
      if (decision.allowed) assert.deepEqual(seen(decision.object), seen(theirs));
      else assert.equal(decision.message, stringAt(theirs, ["message"]));
    });
  }

  /** Policies may come late. */
  async function created(widget: JsonObject): Promise<unknown> {
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const { status, body } = await plane.admin.post("/apis/test.redoubt.dev/v1/widgets?dryRun=All", widget);
      if (status === 201 && stringAt(body, ["metadata", "annotations", "done"]) !== undefined) return body;
      if (stringAt(body, ["message"])?.startsWith("policy ") === true) return body;
      assert.ok(Date.now() < deadline, JSON.stringify(body));
      await sleep(500);
    }
  }
});

/** What policies are about; numbers as this client reads them, and without what is pruned only when the object is stored. */
function seen(object: unknown): unknown {
  assert.ok(isJsonObject(object));
  const { unknown: _, ...spec } = objectAt(object, ["spec"]) ?? {};
  return {
    annotations: objectAt(object, ["metadata", "annotations"]),
    spec: { ...spec, serial: Number(spec["serial"]) },
  };
}
