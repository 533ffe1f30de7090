/** MutatingAdmissionPolicies as our engine applies them, held against a real API server: what becomes of the object, or the error. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { PolicySet, clusterViewOf, decideRequest, requestForObject } from "@redoubt/admission";
import { type JsonObject, isJsonObject, objectAt, stringAt } from "@redoubt/kube";
import { SeededRandom } from "@redoubt/peers";
import type { ApiResponse } from "./api-client.ts";
import { ControlPlane } from "./control-plane.ts";
import { type MutationCase, PARAMETER_OBJECTS, SAMPLE_DEFINITION, generateMutations } from "./generated-mutations.ts";

const SEED = 7;
const ROUNDS = 3;
const FEWEST = 200;
const TIMEOUT_MS = 60_000;
const GROUP = "/apis/admissionregistration.k8s.io/v1beta1";

const NAMESPACES: readonly JsonObject[] = ["team", "plain"].map((name) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "kubernetes.io/metadata.name": name, mutate: name === "team" ? "yes" : "no" } },
}));

interface Prepared extends MutationCase {
  readonly name: string;
  readonly objects: readonly JsonObject[];
}

/** Policies are for the objects of their case in namespace `team`, so that `plain` shows what the API server itself makes of an object. */
function prepare(entry: MutationCase): Prepared {
  const name = stringAt(entry.object, ["metadata", "name"]) ?? "";
  const objects = entry.policies.flatMap((spec, index) =>
    policyAndBinding(`${name}-${index}`, name, spec, entry.paramRef),
  );
  return { ...entry, name, objects };
}

function policyAndBinding(name: string, label: string, spec: JsonObject, paramRef?: JsonObject): readonly JsonObject[] {
  const policy = {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name },
    spec: {
      ...spec,
      matchConstraints: {
        objectSelector: { matchLabels: { case: label } },
        namespaceSelector: { matchLabels: { mutate: "yes" } },
        resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE"], resources: ["*"] }],
      },
    },
  };
  const binding = {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name, ...(paramRef === undefined ? {} : { paramRef }) },
  };
  return [policy, binding];
}

const PATHS: Readonly<Record<string, string>> = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Pod: "/api/v1/namespaces/NS/pods",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Service: "/api/v1/namespaces/NS/services",
  Sample: "/apis/test.redoubt.dev/v1/namespaces/NS/samples",
};

suite("mutating policies of the API server", { timeout: 600_000 }, () => {
  let plane: ControlPlane;

  before(async () => {
    plane = await ControlPlane.start({
      featureGates: { MutatingAdmissionPolicy: true },
      flags: { "runtime-config": "admissionregistration.k8s.io/v1beta1=true" },
    });
    for (const namespace of NAMESPACES) await created("/api/v1/namespaces", namespace);
    for (const object of PARAMETER_OBJECTS) await created(pathOf(object), object);
    await created("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", SAMPLE_DEFINITION);
  });
  after(() => plane.stop());

  test("objects become what the API server makes of them, or fail as there", async () => {
    const cases = generateMutations(new SeededRandom(SEED), ROUNDS).map(prepare);
    assert.ok(cases.length >= FEWEST, `${cases.length} cases`);
    const differences: string[] = [];
    const applied: Prepared[] = [];
    for (const entry of cases) {
      const problem = await install(entry);
      const ours = new PolicySet(entry.objects).problems.map(({ message }) => message);
      if (problem === undefined) applied.push(entry);
      if ((problem === undefined) !== (ours.length === 0)) {
        differences.push(`${entry.title}\n  theirs ${problem ?? "compiles"}\n  ours   ${ours.join("; ")}`);
      }
    }
    await enforced();
    const counts = new Map<string, number>();
    for (const entry of applied) {
      const input = await defaulted(entry.object);
      const theirs = outcomeOf(await post(inNamespace(entry.object, "team")));
      const ours = await ourOutcome(entry, input);
      const kind = typeof theirs === "string" ? "refused" : isDeepStrictEqual(theirs, input) ? "unchanged" : "changed";
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (!isDeepStrictEqual(theirs, ours)) {
        differences.push(
          `${entry.title}\n  of ${JSON.stringify(input)}\n  theirs ${JSON.stringify(theirs)}\n  ours   ${JSON.stringify(ours)}`,
        );
      }
    }
    assert.deepEqual(differences, []);
    for (const kind of ["refused", "unchanged", "changed"]) assert.ok((counts.get(kind) ?? 0) > 10, `few ${kind}`);
  });

  async function created(path: string, object: JsonObject): Promise<void> {
    const { status, body } = await plane.admin.post(path, object);
    assert.equal(status, 201, JSON.stringify(body));
  }

  /** Why the API server takes no such policy. */
  async function install({ objects }: Prepared): Promise<string | undefined> {
    for (const object of objects) {
      const kind = stringAt(object, ["kind"]) === "MutatingAdmissionPolicy" ? "policies" : "policybindings";
      const { status, body } = await plane.admin.post(`${GROUP}/mutatingadmission${kind}`, object);
      if (status !== 201) return stringAt(body, ["message"]) ?? "";
    }
    return undefined;
  }

  /** Policies that came last are at work, so all are; and the schema of the custom resource is known. */
  async function enforced(): Promise<void> {
    const spec = { failurePolicy: "Fail", reinvocationPolicy: "Never" };
    const expression = "Object{metadata: Object.metadata{annotations: {'sentinel': 'yes'}}}";
    const mutations = [{ patchType: "ApplyConfiguration", applyConfiguration: { expression } }];
    const metadata = { name: "sentinel", labels: { case: "sentinel" } };
    const sentinels: readonly JsonObject[] = [
      { apiVersion: "v1", kind: "ConfigMap", metadata },
      { apiVersion: "test.redoubt.dev/v1", kind: "Sample", metadata, spec: {} },
    ];
    const [first] = sentinels;
    assert.ok(first !== undefined);
    const objects = policyAndBinding("sentinel", "sentinel", { ...spec, mutations });
    assert.equal(await install({ title: "", policies: [], name: "", object: first, objects }), undefined);
    const deadline = Date.now() + TIMEOUT_MS;
    for (const object of sentinels) {
      for (;;) {
        const { body } = await post(inNamespace(object, "team"));
        if (stringAt(body, ["metadata", "annotations", "sentinel"]) === "yes") break;
        assert.ok(Date.now() < deadline, `policies are not put to work: ${JSON.stringify(body)}`);
        await sleep(200);
      }
    }
  }

  function post(object: JsonObject): Promise<ApiResponse> {
    return plane.admin.post(`${pathOf(object)}?dryRun=All`, object);
  }

  /** The object as admission sees it: with the API server's defaults. */
  async function defaulted(object: JsonObject): Promise<JsonObject> {
    const outcome = outcomeOf(await post(inNamespace(object, "plain")));
    assert.ok(typeof outcome !== "string", JSON.stringify(outcome));
    return inNamespace(outcome, "team");
  }

  /** What ours becomes where no policy is for it: the API server's defaults and checks of it. */
  async function ourOutcome(entry: Prepared, input: JsonObject): Promise<JsonObject | string> {
    const cluster = clusterViewOf([...NAMESPACES, SAMPLE_DEFINITION, ...PARAMETER_OBJECTS]);
    const request = { ...requestForObject(input, "CREATE"), dryRun: true };
    const { allowed, message, object } = decideRequest(request, new PolicySet(entry.objects), { cluster });
    if (!allowed) return message ?? "";
    const outcome = outcomeOf(await post(inNamespace(object ?? {}, "plain")));
    return typeof outcome === "string" ? outcome : inNamespace(outcome, "team");
  }
});

function pathOf(object: JsonObject): string {
  const path = PATHS[stringAt(object, ["kind"]) ?? ""] ?? "";
  return path.replace("NS", stringAt(object, ["metadata", "namespace"]) ?? "");
}

function inNamespace(object: JsonObject, namespace: string): JsonObject {
  return { ...object, metadata: { ...objectAt(object, ["metadata"]), namespace } };
}

/** The object without what the API server adds after admission; the text of a refusal. */
function outcomeOf({ status, body }: ApiResponse): JsonObject | string {
  if (status !== 201 || !isJsonObject(body)) return stringAt(body, ["message"]) ?? "";
  const { status: _, metadata, ...rest } = body;
  const added = new Set(["uid", "creationTimestamp", "managedFields", "generation", "resourceVersion"]);
  const kept = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(([key]) => !added.has(key));
  return { ...rest, metadata: Object.fromEntries(kept) };
}
