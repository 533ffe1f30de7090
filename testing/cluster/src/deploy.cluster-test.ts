/**
 * What deploy/ holds, on a node that runs pods: the manifests as they are but for the image's name, two replicas behind their Service
 * (kube-proxy leads the API server and the pods there), and not one wrong answer while they are replaced.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type JsonObject, booleanAt, listAt, numberAt, objectAt, readYamlObjects, stringAt } from "@redoubt/kube";
import type { ApiClient, ApiResponse } from "./api-client.ts";
import { type ClusterWithNode, startClusterWithNode, whyNoNode } from "./node.ts";
import { redoubtImage } from "./redoubt-image.ts";

const MANIFESTS = fileURLToPath(new URL("../../../deploy/manifests/", import.meta.url));
const IMAGE = "redoubt.test/redoubt:1";
const SYSTEM = "redoubt-system";
const ACCOUNT = `system:serviceaccount:${SYSTEM}:redoubt`;
const DEPLOYMENT = `/apis/apps/v1/namespaces/${SYSTEM}/deployments/redoubt`;
const REPLICAS = `/api/v1/namespaces/${SYSTEM}/pods`;
const CONSTRAINTS = "/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels";
const MUTATORS = "/apis/mutations.gatekeeper.sh/v1/assignmetadata";
const VALIDATING = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/redoubt";
const MUTATING = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/redoubt";
const CONFIG_MAPS = `/api/v1/namespaces/${SYSTEM}/configmaps`;
const TEAM_PODS = "/api/v1/namespaces/team/pods";
const TIMEOUT_MS = 90_000;
const REQUEST_EVERY_MS = 50;

const COLLECTIONS: Readonly<Record<string, string>> = {
  Namespace: "/api/v1/namespaces",
  ServiceAccount: `/api/v1/namespaces/${SYSTEM}/serviceaccounts`,
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  Role: `/apis/rbac.authorization.k8s.io/v1/namespaces/${SYSTEM}/roles`,
  RoleBinding: `/apis/rbac.authorization.k8s.io/v1/namespaces/${SYSTEM}/rolebindings`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${SYSTEM}/networkpolicies`,
  Service: `/api/v1/namespaces/${SYSTEM}/services`,
  PodDisruptionBudget: `/apis/policy/v1/namespaces/${SYSTEM}/poddisruptionbudgets`,
  Deployment: `/apis/apps/v1/namespaces/${SYSTEM}/deployments`,
};

const TEMPLATE: JsonObject = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "k8srequiredlabels" },
  spec: {
    crd: {
      spec: {
        names: { kind: "K8sRequiredLabels" },
        validation: {
          openAPIV3Schema: {
            type: "object",
            properties: { labels: { type: "array", items: { type: "string" } } },
          },
        },
      },
    },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        rego: `package k8srequiredlabels

violation[{"msg": msg}] {
  wanted := input.parameters.labels[_]
  not input.review.object.metadata.labels[wanted]
  msg := sprintf("the label %v is missing", [wanted])
}
`,
      },
    ],
  },
};

/** One object of each further kind that the account watches and says something in, so that each of its rights is used. */
const OTHER_POLICIES: readonly (readonly [collection: string, object: JsonObject])[] = [
  [
    MUTATORS,
    {
      apiVersion: "mutations.gatekeeper.sh/v1",
      kind: "AssignMetadata",
      metadata: { name: "origin" },
      spec: {
        match: { scope: "Namespaced", namespaces: ["team"] },
        location: "metadata.labels.origin",
        parameters: { assign: { value: "redoubt" } },
      },
    },
  ],
  [
    "/apis/expansion.gatekeeper.sh/v1beta1/expansiontemplate",
    {
      apiVersion: "expansion.gatekeeper.sh/v1beta1",
      kind: "ExpansionTemplate",
      metadata: { name: "deployments" },
      spec: {
        applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
        templateSource: "spec.template",
        generatedGVK: { group: "", version: "v1", kind: "Pod" },
      },
    },
  ],
  [
    `/apis/config.gatekeeper.sh/v1alpha1/namespaces/${SYSTEM}/configs`,
    {
      apiVersion: "config.gatekeeper.sh/v1alpha1",
      kind: "Config",
      metadata: { name: "config" },
      spec: { sync: { syncOnly: [{ group: "apps", version: "v1", kind: "Deployment" }] } },
    },
  ],
  [
    "/apis/externaldata.gatekeeper.sh/v1beta1/providers",
    {
      apiVersion: "externaldata.gatekeeper.sh/v1beta1",
      kind: "Provider",
      metadata: { name: "owners" },
      spec: { url: "https://owners.example", caBundle: "eA==", timeout: 1 },
    },
  ],
];

const pod = (name: string, labels: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels },
  spec: { containers: [{ name: "app", image: "registry.example/app:1" }] },
});

suite("the manifests of deploy/", { skip: whyNoNode() ?? false }, () => {
  let cluster: ClusterWithNode;
  let admin: ApiClient;

  before(async () => {
    cluster = await startClusterWithNode({
      serviceProxy: true,
      auditLog: true,
      auditPolicy: {
        apiVersion: "audit.k8s.io/v1",
        kind: "Policy",
        omitStages: ["RequestReceived"],
        rules: [{ level: "Metadata", users: [ACCOUNT] }, { level: "None" }],
      },
    });
    admin = cluster.plane.admin;
    cluster.importImage(redoubtImage(IMAGE));
    for (const object of manifests()) await created(COLLECTIONS[stringAt(object, ["kind"]) ?? ""] ?? "", object);
  });
  after(() => cluster.stop());

  /** As `kubectl apply -k` would send them. */
  function manifests(): readonly JsonObject[] {
    const [kustomization] = objectsOf("kustomization.yaml");
    return listAt(kustomization, ["resources"]).flatMap((file) => objectsOf(String(file)).map(withLocalImage));
  }

  function objectsOf(file: string): readonly JsonObject[] {
    const read = readYamlObjects(readFileSync(`${MANIFESTS}${file}`, "utf8"));
    assert.ok(read.kind === "objects", file);
    return read.objects;
  }

  function withLocalImage(object: JsonObject): JsonObject {
    if (object["kind"] !== "Deployment") return object;
    const copy = structuredClone(object);
    const [container] = listAt(copy, ["spec", "template", "spec", "containers"]);
    Object.assign(Object(container), { image: IMAGE, imagePullPolicy: "Never" });
    return copy;
  }

  async function created(path: string, object: JsonObject): Promise<void> {
    const answer = await admin.post(path, object);
    assert.equal(answer.status, 201, `${path}: ${JSON.stringify(answer.body)}`);
    // Nothing of ours is warned about, neither by Pod Security nor as deprecated.
    assert.deepEqual(answer.warnings, []);
  }

  async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!(await check())) {
      if (Date.now() > deadline) assert.fail(`not in time: ${what}\n${await state()}`);
      await sleep(100);
    }
  }

  /** What helps to see why something did not come about. */
  async function state(): Promise<string> {
    const pods = listAt((await admin.get(REPLICAS)).body, ["items"]);
    const parts = pods.map(async (one) => {
      const name = nameOf(one);
      const log = await admin.get(`${REPLICAS}/${name}/log?tailLines=20`);
      return `${name}: ${JSON.stringify(objectAt(one, ["status"]))}\n${String(log.body)}`;
    });
    return (await Promise.all(parts)).join("\n");
  }

  async function runningReplicas(): Promise<readonly string[]> {
    const pods = listAt((await admin.get(REPLICAS)).body, ["items"]);
    return pods.filter((one) => stringAt(one, ["metadata", "deletionTimestamp"]) === undefined).map(nameOf);
  }

  /** What `kubectl rollout status` waits for, and that nothing of before is left. */
  async function rolledOut(): Promise<boolean> {
    const { body } = await admin.get(DEPLOYMENT);
    const is = (field: string): boolean => numberAt(body, ["status", field]) === 2;
    const isSeen = numberAt(body, ["status", "observedGeneration"]) === numberAt(body, ["metadata", "generation"]);
    const pods = listAt((await admin.get(REPLICAS)).body, ["items"]);
    return isSeen && ["replicas", "updatedReplicas", "readyReplicas"].every(is) && pods.length === 2;
  }

  async function statusNamesReplicas(path: string): Promise<boolean> {
    const [{ body }, running] = await Promise.all([admin.get(path), runningReplicas()]);
    const named = listAt(body, ["status", "byPod"]).map((entry) => stringAt(entry, ["id"]) ?? "");
    return running.length === 2 && named.toSorted().join() === running.toSorted().join();
  }

  test("two replicas are ready, and enforce a constraint through their Service", async () => {
    const team = { metadata: { name: "team" } };
    const refused: string[] = [];
    // Nobody is refused anything meanwhile.
    await eventually("both replicas are ready, and registered", async () => {
      const answer = await admin.post("/api/v1/namespaces?dryRun=All", team);
      if (answer.status !== 201) refused.push(messageOf(answer));
      return (await rolledOut()) && (await admin.get(VALIDATING)).status === 200;
    });
    assert.deepEqual(refused, []);
    await created("/api/v1/namespaces", team);
    await eventually(
      "pods can be created",
      async () => (await admin.get("/api/v1/namespaces/team/serviceaccounts/default")).status === 200,
    );
    await created("/apis/templates.gatekeeper.sh/v1/constrainttemplates", TEMPLATE);
    await eventually("the kind is served", async () => (await admin.get(CONSTRAINTS)).status === 200);
    await created(CONSTRAINTS, {
      apiVersion: "constraints.gatekeeper.sh/v1beta1",
      kind: "K8sRequiredLabels",
      metadata: { name: "owner" },
      spec: { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] }, parameters: { labels: ["owner"] } },
    });
    await eventually("both replicas say that it is in force", () => statusNamesReplicas(`${CONSTRAINTS}/owner`));
    const { body } = await admin.get(`${CONSTRAINTS}/owner`);
    const isEnforced = listAt(body, ["status", "byPod"]).map((entry) => booleanAt(entry, ["enforced"]));
    assert.deepEqual(isEnforced, [true, true]);
    assert.equal(wrong(false, await admin.post(`${TEAM_PODS}?dryRun=All`, pod("a", {}))), undefined);
    assert.equal(wrong(true, await admin.post(`${TEAM_PODS}?dryRun=All`, pod("a", { owner: "x" }))), undefined);
  });

  test("while they are restarted, and one is deleted, no request gets a wrong or no answer", async () => {
    const earlier = await runningReplicas();
    const problems: string[] = [];
    let answered = 0;
    const asked: Promise<void>[] = [];
    const stop = new AbortController();
    const asking = (async (): Promise<void> => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        asked.push(
          admin.post(`${TEAM_PODS}?dryRun=All`, pod(`p${n}`, n % 2 === 0 ? { owner: "x" } : {})).then((answer) => {
            answered += 1;
            const problem = wrong(n % 2 === 0, answer);
            if (problem !== undefined) problems.push(problem);
          }),
        );
        await sleep(REQUEST_EVERY_MS);
      }
      await Promise.all(asked);
    })();
    const restartedAt = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
    const patch = { spec: { template: { metadata: { annotations: restartedAt } } } };
    const started = performance.now();
    try {
      const restart = await admin.send("PATCH", DEPLOYMENT, patch, "application/strategic-merge-patch+json");
      assert.equal(restart.status, 200, messageOf(restart));
      await eventually("the restart is over", rolledOut);
      const restarted = await runningReplicas();
      assert.deepEqual(
        restarted.filter((name) => earlier.includes(name)),
        [],
      );
      const [deleted = ""] = restarted;
      assert.equal((await admin.delete(`${REPLICAS}/${deleted}`)).status, 200);
      await eventually(
        "the deleted replica has a successor",
        async () => (await rolledOut()) && !(await runningReplicas()).includes(deleted),
      );
      await eventually("the status names the replicas of now and no others", () =>
        statusNamesReplicas(`${CONSTRAINTS}/owner`),
      );
    } finally {
      stop.abort();
      await asking;
    }
    const seconds = (performance.now() - started) / 1000;
    assert.deepEqual(problems, []);
    assert.ok(answered > seconds * 10, `${answered} answers in ${seconds.toFixed(0)} s`);
  });

  test("the account's rights are enough, and what they leave out is refused", async () => {
    for (const [collection, object] of OTHER_POLICIES) {
      await created(collection, object);
      const path = `${collection}/${nameOf(object)}`;
      await eventually(`both replicas say something of ${path}`, () => statusNamesReplicas(path));
    }
    await eventually("mutation is registered", async () => (await admin.get(MUTATING)).status === 200);
    assert.equal((await admin.delete(`${MUTATORS}/origin`)).status, 200);
    await eventually("mutation is registered no more", async () => (await admin.get(MUTATING)).status === 404);
    const labels = { "openpolicyagent.org/policy": "rego" };
    await created(CONFIG_MAPS, { metadata: { name: "rules", labels }, data: { "rules.rego": "package rules\n" } });
    await eventually("the ConfigMap is loaded", async () => {
      const annotation = ["metadata", "annotations", "openpolicyagent.org/kube-mgmt-status"];
      return stringAt((await admin.get(`${CONFIG_MAPS}/rules`)).body, annotation) === '{"status":"ok"}';
    });
    const events = readFileSync(cluster.plane.auditLogPath, "utf8").split("\n").filter(Boolean);
    assert.ok(events.length > 0);
    const forbidden = events.filter((line) => numberAt(JSON.parse(line), ["responseStatus", "code"]) === 403);
    assert.deepEqual(forbidden, []);
    for (const replica of await runningReplicas()) {
      const log = String((await admin.get(`${REPLICAS}/${replica}/log`)).body);
      assert.deepEqual(
        log.split("\n").filter((line) => /forbidden|without all of the cluster/.test(line)),
        [],
      );
    }
    for (const [isAllowed, verb, group, resource, namespace, name] of RIGHTS) {
      const { body } = await admin.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: {
          user: ACCOUNT,
          groups: ["system:serviceaccounts", `system:serviceaccounts:${SYSTEM}`, "system:authenticated"],
          resourceAttributes: { verb, group, resource, namespace, name },
        },
      });
      assert.equal(booleanAt(body, ["status", "allowed"]), isAllowed, `${verb} ${resource} ${namespace}/${name}`);
    }
  });
});

/** What no test here makes it do, and what it must not do. */
const RIGHTS = [
  [true, "update", "wgpolicyk8s.io", "policyreports", "team", "redoubt-audit"],
  [true, "delete", "openreports.io", "clusterreports", "", "redoubt-audit"],
  [true, "list", "", "nodes", "", ""],
  [false, "update", "wgpolicyk8s.io", "policyreports", "team", "other"],
  [false, "get", "", "secrets", SYSTEM, "other"],
  [false, "list", "", "secrets", SYSTEM, ""],
  [false, "get", "", "secrets", "team", "redoubt-ca"],
  [false, "create", "", "pods", SYSTEM, ""],
  [false, "create", "", "pods", "team", ""],
  [false, "patch", "templates.gatekeeper.sh", "constrainttemplates", "", "any"],
  [false, "delete", "apiextensions.k8s.io", "customresourcedefinitions", "", "any"],
  [false, "update", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "", "other"],
  [false, "delete", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "", "redoubt"],
  [false, "create", "rbac.authorization.k8s.io", "clusterrolebindings", "", ""],
  [false, "update", "apps", "deployments", SYSTEM, "redoubt"],
] as const;

function nameOf(object: unknown): string {
  return stringAt(object, ["metadata", "name"]) ?? "";
}

function messageOf({ body }: ApiResponse): string {
  return stringAt(body, ["message"]) ?? "";
}

/** What is wrong with the answer to a pod that has the label, or has not. */
function wrong(isLabelled: boolean, answer: ApiResponse): string | undefined {
  const isRight = isLabelled
    ? answer.status === 201
    : answer.status === 403 && messageOf(answer).includes("[owner] the label owner is missing");
  return isRight ? undefined : `${isLabelled ? "with" : "without"} the label: ${answer.status} ${messageOf(answer)}`;
}
