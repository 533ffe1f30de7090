/** What we say of policies' expressions, held against the `status.typeChecking` that a real controller manager writes. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PolicySet, clusterViewOf, expressionWarnings } from "@redoubt/admission";
import { type JsonObject, isJsonObject, listAt, numberAt, stringAt } from "@redoubt/kube";
import { ControlPlane } from "./control-plane.ts";
import { SAMPLE_DEFINITION } from "./generated-mutations.ts";

const POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const TIMEOUT_MS = 60_000;

type Words = readonly [string, ...string[]];

interface Rule {
  readonly groups: Words;
  readonly versions: Words;
  readonly resources: Words;
}

const WORKLOADS: Rule = { groups: ["apps"], versions: ["v1"], resources: ["deployments", "statefulsets"] };
const DEPLOYMENTS: Rule = { groups: ["apps"], versions: ["v1"], resources: ["deployments", "deployments/scale"] };
const PODS: Rule = { groups: [""], versions: ["v1"], resources: ["pods"] };
const MANY: Rule = {
  groups: ["", "apps", "batch"],
  versions: ["v1"],
  resources: ["pods", "jobs", "daemonsets", "events"],
};
const ANYTHING: Rule = { groups: ["*"], versions: ["*"], resources: ["*"] };
const SAMPLES: Rule = { groups: ["test.redoubt.dev"], versions: ["v1"], resources: ["samples"] };
const UNKNOWN: Rule = {
  groups: ["apps", "none.example.com"],
  versions: ["v1"],
  resources: ["nothings", "replicasets"],
};

const EXPRESSIONS: readonly (readonly [Rule, string])[] = [
  [DEPLOYMENTS, "object.spec.replicas > 1"],
  [DEPLOYMENTS, "object.spec.replicas > '1'"],
  [DEPLOYMENTS, "object.spec.replica > 1"],
  [DEPLOYMENTS, "object.specs.replicas > 1 && object.metadata.nam == 'x'"],
  [DEPLOYMENTS, "object.spec.template.spec.containers.all(c, c.image.startsWith('x'))"],
  [DEPLOYMENTS, "object.spec.template.spec.containers.all(c, c.imagee.startsWith('x'))"],
  [DEPLOYMENTS, "object.spec.template.spec.containers.all(c, c.resources.limits.cpu == '1')"],
  [DEPLOYMENTS, "object.spec.template.spec.containers.all(c, quantity(c.resources.limits['cpu']).isInteger())"],
  [DEPLOYMENTS, "object.spec.strategy.rollingUpdate.maxSurge == 1"],
  [DEPLOYMENTS, "object.spec.strategy.rollingUpdate.maxSurge.size() == 1"],
  [DEPLOYMENTS, "object.metadata.namespace == 'x'"],
  [DEPLOYMENTS, "object.metadata.__namespace__ == 'x'"],
  [DEPLOYMENTS, "object.metadata.labels['app'] == 1"],
  [DEPLOYMENTS, "object.metadata.labels.app == 'x'"],
  [DEPLOYMENTS, "object.metadata.creationTimestamp > timestamp('2020-01-01T00:00:00Z')"],
  [DEPLOYMENTS, "object.metadata.creationTimestamp == 'x'"],
  [DEPLOYMENTS, "object.metadata.managedFields.all(f, f.fieldsV1.a == 'x')"],
  [DEPLOYMENTS, "object.spec == object.status"],
  [DEPLOYMENTS, "object.spec.template.spec.nonsense"],
  [DEPLOYMENTS, "has(object.spec.nope) && object.spec.nope.x == 1"],
  [DEPLOYMENTS, "object == oldObject"],
  [DEPLOYMENTS, "object + oldObject == null"],
  [DEPLOYMENTS, "oldObject.spec.replicas.x == 1"],
  [DEPLOYMENTS, "object.kind == 1"],
  [DEPLOYMENTS, "variables.replicas == 'x'"],
  [DEPLOYMENTS, "variables.broken == 1"],
  [DEPLOYMENTS, "variables.none == 1"],
  [DEPLOYMENTS, "authorizer.group('apps').resource('x').check('get').allowed()"],
  [DEPLOYMENTS, "authorizer.requestResource.check('get').allowed()"],
  [DEPLOYMENTS, "request.operation == 1"],
  [DEPLOYMENTS, "request.userInfo.name == 'x'"],
  [DEPLOYMENTS, "namespaceObject.metadata.labels.x == namespaceObject.spec.y"],
  [DEPLOYMENTS, "params.data.max == '1'"],
  [DEPLOYMENTS, "params.data.max == 1"],
  [DEPLOYMENTS, "params.dat.max == 1"],
  [DEPLOYMENTS, "object.spec.template.spec.volumes.exists(v, v.secret.items[0].mode == 'x')"],
  [DEPLOYMENTS, "object.spec.template.spec.?hostNetwork.orValue(1)"],
  [DEPLOYMENTS, "object.?spec.?nope.hasValue()"],
  [WORKLOADS, "object.spec.replicas == 'x' || object.spec.serviceName == 1"],
  [WORKLOADS, "object.spec.serviceName == 'x'"],
  [PODS, "object.spec.containers.map(c, c.name).join(',') == 1"],
  [PODS, "object.spec.replicas == 1"],
  [PODS, "object.spec.containers[0].securityContext.capabilities.add.exists(x, x == 1)"],
  [PODS, "object.spec.containers[0].ports[0].containerPort == '80'"],
  [PODS, "object.status.containerStatuses[0].state.running.startedAt == 1"],
  [PODS, "object.spec.overhead['cpu'] == '1'"],
  [MANY, "object.spec.x == 1"],
  [MANY, "object.metadata.x == 1"],
  [ANYTHING, "object.spec.x == 1"],
  [SAMPLES, "object.spec.count == 'x'"],
  [SAMPLES, "object.spec.keyed.all(k, k.value == 'x')"],
  [SAMPLES, "object.spec.open.anything == 1"],
  [SAMPLES, "object.spec.set.all(s, s == 1)"],
  [SAMPLES, "object.spec.whole.c == 'x' && object.metadata.name == 1"],
  [UNKNOWN, "object.spec.replicas == 'x'"],
];

function policyFor([{ groups, versions, resources }, expression]: readonly [Rule, string], index: number): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: `check-${index}` },
    spec: {
      ...(expression.includes("params") ? { paramKind: { apiVersion: "v1", kind: "ConfigMap" } } : {}),
      matchConstraints: {
        resourceRules: [
          { apiGroups: [...groups], apiVersions: [...versions], operations: ["CREATE"], resources: [...resources] },
        ],
      },
      variables: [
        { name: "replicas", expression: "object.spec.replicas" },
        { name: "broken", expression: "object.nothing.at.all" },
      ],
      // What it gives is of no matter here, but the API server wants a bool and a string.
      validations: [
        {
          expression: `dyn(${expression}) == true`,
          ...(expression.includes("authorizer") ? {} : { messageExpression: `string(dyn(${expression}))` }),
        },
      ],
    },
  };
}

suite("type checking of policies", { timeout: 300_000 }, () => {
  let plane: ControlPlane;

  before(async () => {
    plane = await ControlPlane.start({ controllers: true });
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    assert.equal((await plane.admin.post(path, SAMPLE_DEFINITION)).status, 201);
    await sleep(2000);
  });
  after(() => plane.stop());

  test("expressions get the warnings of the controller manager", async () => {
    const cluster = clusterViewOf([SAMPLE_DEFINITION]);
    const differences: string[] = [];
    const policies: JsonObject[] = [];
    for (const policy of EXPRESSIONS.map(policyFor)) {
      const { status, body } = await plane.admin.post(POLICIES, policy);
      const problems = new PolicySet([policy]).problems.length;
      if (status === 201) policies.push(policy);
      if ((status === 201) !== (problems === 0)) differences.push(JSON.stringify([policy, body]));
    }
    let warned = 0;
    for (const policy of policies) {
      const theirs = await statusWarnings(stringAt(policy, ["metadata", "name"]) ?? "");
      const ours = expressionWarnings(policy, cluster).map(({ fieldRef, warning }) => ({ fieldRef, warning }));
      if (theirs.length > 0) warned++;
      if (JSON.stringify(theirs) !== JSON.stringify(ours)) {
        differences.push(
          `${JSON.stringify(policy["spec"])}\n  theirs ${JSON.stringify(theirs)}\n  ours   ${JSON.stringify(ours)}`,
        );
      }
    }
    assert.deepEqual(differences, []);
    assert.ok(warned > 20 && warned < policies.length - 10, `${warned} policies have warnings`);
  });

  /** The controller makes names of types unique by a number, which says nothing. */
  async function statusWarnings(name: string): Promise<readonly JsonObject[]> {
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const { body } = await plane.admin.get(`${POLICIES}/${name}`);
      if (numberAt(body, ["status", "observedGeneration"]) !== undefined) {
        return listAt(body, ["status", "typeChecking", "expressionWarnings"])
          .filter(isJsonObject)
          .map((entry) => ({
            fieldRef: stringAt(entry, ["fieldRef"]) ?? "",
            warning: (stringAt(entry, ["warning"]) ?? "").replaceAll(/\b([A-Z][A-Za-z]+)\d{3,}/g, "$1"),
          }));
      }
      assert.ok(Date.now() < deadline, `${name} has no status`);
      await sleep(200);
    }
  }
});
