/** Policies of the API server as our engine judges them, held against a real API server: verdict, message and what it refuses to compile. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PolicySet, clusterViewOf, decideRequest, requestForObject } from "@redoubt/admission";
import type { AccessAnswer, AccessQuestion } from "@redoubt/cel";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { SeededRandom } from "@redoubt/peers";
import type { ApiClient, ApiResponse } from "./api-client.ts";
import { ControlPlane } from "./control-plane.ts";
import { type ExpressionPair, NOT_YET_IN_NEW_POLICIES, generateExpressions } from "./generated-expressions.ts";

const SEED = 34;
const ROUNDS = 3;
const FEWEST = 200;
const USER = "jane";
const ENABLED_TIMEOUT_MS = 60_000;

const NAMESPACE: JsonObject = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "team", labels: { "kubernetes.io/metadata.name": "team", tier: "one" } },
};

const DEFINITION: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "samples.test.redoubt.dev" },
  spec: {
    group: "test.redoubt.dev",
    scope: "Namespaced",
    names: { kind: "Sample", plural: "samples" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        },
      },
    ],
  },
};

/** What jane may do, and what the authorizer then says. */
const ROLE = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "tester" },
  rules: [
    { apiGroups: ["test.redoubt.dev"], resources: ["samples"], verbs: ["create"] },
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["create"] },
  ],
};
const BINDING = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "tester" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "tester" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: USER }],
};

function authorize({ serviceAccount, verb, group, resource, path }: AccessQuestion): AccessAnswer {
  const isOwn = serviceAccount === undefined && verb === "create";
  if (isOwn && (resource === "samples" || (resource === "deployments" && group === "apps"))) {
    const reason = `RBAC: allowed by ClusterRoleBinding "tester" of ClusterRole "tester" to User "${USER}"`;
    return { allowed: true, reason };
  }
  if (serviceAccount === undefined && path === "/healthz" && verb === "get") {
    const reason =
      'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:authenticated"';
    return { allowed: true, reason };
  }
  return { allowed: false, reason: "" };
}

interface PairPolicy extends ExpressionPair {
  readonly policy: JsonObject;
  readonly binding: JsonObject;
}

/** Odd ones put the expression into a variable, whose errors are worded differently. */
function policyFor({ expression, object }: ExpressionPair, index: number): PairPolicy {
  const name = `pair-${index}`;
  const isVariable = index % 2 === 1;
  const value = isVariable ? "variables.v" : `(${expression})`;
  const label = stringAt(object, ["metadata", "name"]) ?? "";
  const policy: JsonObject = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: {
      matchConstraints: {
        objectSelector: { matchLabels: { case: label } },
        resourceRules: [
          { apiGroups: ["test.redoubt.dev"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["samples"] },
        ],
      },
      ...(isVariable ? { variables: [{ name: "v", expression }] } : {}),
      // What is no bool is refused, with the value as the message.
      validations: [
        {
          expression: `type(${value}) == bool ? dyn(${value}) == true : false`,
          messageExpression: expression.includes("authorizer") ? "'refused'" : `string(dyn(${value}))`,
        },
      ],
    },
  };
  return { expression, object, policy, binding: bindingFor(name) };
}

function bindingFor(name: string): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"] },
  };
}

const POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
const SAMPLES = "/apis/test.redoubt.dev/v1/namespaces/team/samples";

suite(`policies of the API server (seed ${SEED})`, () => {
  let plane: ControlPlane;
  let jane: ApiClient;
  const pairs = generateExpressions(new SeededRandom(SEED), ROUNDS).map(policyFor);

  before(async () => {
    plane = await ControlPlane.start({});
    jane = await plane.clientFor(USER);
    const created = async (path: string, object: object): Promise<void> => {
      const answer = await plane.admin.post(path, object);
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    };
    await created("/api/v1/namespaces", NAMESPACE);
    await created("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION);
    await created("/apis/rbac.authorization.k8s.io/v1/clusterroles", ROLE);
    await created("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", BINDING);
  });
  after(() => plane.stop());

  test(`${pairs.length} generated expressions compile, or are refused, and decide about their objects as there`, async () => {
    assert.ok(pairs.length >= FEWEST);
    const differences: string[] = [];
    const decided: PairPolicy[] = [];
    for (const pair of pairs) {
      const problems = new PolicySet([pair.policy, pair.binding]).problems.map(({ message }) => message);
      const answer = await plane.admin.post(POLICIES, pair.policy);
      const theirs = compileErrors(answer);
      if (answer.status === 201) decided.push(pair);
      const missing = problems.filter((message) => !theirs.includes(message));
      if (problems.length > 0 !== (answer.status !== 201) || missing.length > 0) {
        differences.push(`${pair.expression}\n  theirs ${answer.status} ${theirs}\n  ours ${missing.join("\n")}`);
      }
      if (answer.status === 201) assert.equal((await plane.admin.post(BINDINGS, pair.binding)).status, 201);
    }
    await enforced(plane, jane);
    const verdicts = new Map<string, number>();
    for (const { policy, binding, object, expression } of decided) {
      const answer = await jane.post(`${SAMPLES}?dryRun=All`, object);
      const [theirs, ours] = [verdictOf(answer), ourVerdict([policy, binding], object)];
      const kind = theirs === "allowed" ? theirs : theirs.includes("resulted in error") ? "error" : "refused";
      verdicts.set(kind, (verdicts.get(kind) ?? 0) + 1);
      if (theirs !== ours) {
        differences.push(`${expression}\n  of ${JSON.stringify(object["spec"])}\n  theirs ${theirs}\n  ours   ${ours}`);
      }
    }
    assert.deepEqual(differences, []);
    for (const kind of ["allowed", "error", "refused"]) assert.ok((verdicts.get(kind) ?? 0) > 20, `few ${kind}`);
  });

  test("what only stored policies may have is refused in new ones, and is known to us", async () => {
    for (const expression of NOT_YET_IN_NEW_POLICIES) {
      const { policy } = policyFor({ expression, object: { metadata: { name: "new" } } }, 0);
      const answer = await plane.admin.post(`${POLICIES}?dryRun=All`, policy);
      assert.match(compileErrors(answer), /undeclared reference/, expression);
      assert.deepEqual(new PolicySet([policy]).problems, [], expression);
    }
  });
});

function compileErrors({ status, body }: ApiResponse): string {
  return status === 201 ? "" : (stringAt(body, ["message"]) ?? "").replaceAll(/\\(["\\])/g, "$1");
}

/** A policy that came last is at work, so all are. */
async function enforced(plane: ControlPlane, client: ApiClient): Promise<void> {
  const sentinel = policyFor({ expression: "false", object: { metadata: { name: "sentinel" } } }, 0);
  const name = "sentinel";
  await plane.admin.post(POLICIES, { ...sentinel.policy, metadata: { name } });
  await plane.admin.post(BINDINGS, bindingFor(name));
  const sample = {
    apiVersion: "test.redoubt.dev/v1",
    kind: "Sample",
    metadata: { name, namespace: "team", labels: { case: name } },
    spec: {},
  };
  const deadline = Date.now() + ENABLED_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const answer = await client.post(`${SAMPLES}?dryRun=All`, sample);
    if (answer.status === 422) return;
    await sleep(200);
  }
  assert.fail("policies are not put to work");
}

function verdictOf({ status, body }: ApiResponse): string {
  return status === 201 ? "allowed" : `${status}: ${stringAt(body, ["message"]) ?? ""}`;
}

function ourVerdict(policies: readonly JsonObject[], object: JsonObject): string {
  const request = {
    ...requestForObject(object, "CREATE"),
    userInfo: { username: USER, groups: ["system:authenticated"] },
    dryRun: true,
  };
  const cluster = clusterViewOf([NAMESPACE, DEFINITION]);
  const { allowed, code, message = "" } = decideRequest(request, new PolicySet(policies), { cluster, authorize });
  const name = stringAt(object, ["metadata", "name"]) ?? "";
  return allowed ? "allowed" : `${code ?? 0}: samples.test.redoubt.dev "${name}" is forbidden: ${message}`;
}
