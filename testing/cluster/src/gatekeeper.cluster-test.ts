/** The webhook registered with a real API server, its policies watched there: what is refused, what is said of policies, what audits find. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, booleanAt, connect, listAt, numberAt, objectAt, stringAt } from "@redoubt/kube";
import { serve } from "@redoubt/server";
import type { ApiClient, ApiResponse } from "./api-client.ts";
import { ControlPlane } from "./control-plane.ts";
import { freePorts } from "./free-port.ts";
import { ACCOUNT, RBAC, SYSTEM, grantServerRights } from "./server-account.ts";

const TEMPLATES = "/apis/templates.gatekeeper.sh/v1beta1/constrainttemplates";
const CONSTRAINTS = "/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels";
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const VALIDATING = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const PODS = "/api/v1/namespaces/team/pods";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/team/deployments";
const TIMEOUT_MS = 30_000;

const REQUIRED_LABELS = `apiVersion: templates.gatekeeper.sh/v1beta1
kind: ConstraintTemplate
metadata:
  name: k8srequiredlabels
spec:
  crd:
    spec:
      names:
        kind: K8sRequiredLabels
      validation:
        openAPIV3Schema:
          type: object
          properties:
            labels:
              type: array
              items:
                type: string
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package k8srequiredlabels

        violation[{"msg": msg, "details": {"missing": missing}}] {
          present := {label | input.review.object.metadata.labels[label]}
          wanted := {label | label := input.parameters.labels[_]}
          missing := wanted - present
          count(missing) > 0
          msg := sprintf("labels are missing: %v", [concat(", ", sort(missing))])
        }
`;

/** In the style of the guide: one package that reads reviews. */
const REGISTRY_POLICY = `package kubernetes.admission

containers contains container if container := input.request.object.spec.containers[_]
containers contains container if container := input.request.object.spec.ephemeralContainers[_]

deny contains msg if {
  input.request.kind.kind == "Pod"
  some container in containers
  not startswith(container.image, "registry.example/")
  msg := sprintf("image %v is not from the registry", [container.image])
}

deny contains msg if {
  input.request.kind.kind == "Scale"
  input.request.object.spec.replicas > 3
  msg := "no more than 3 replicas"
}

deny contains "this pod stays" if {
  input.request.operation == "DELETE"
  input.request.oldObject.metadata.labels.keep == "yes"
}
`;

const pod = (name: string, labels: JsonObject, image = "registry.example/app:1"): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels },
  spec: { containers: [{ name: "app", image }] },
});
const constraint = (name: string, labels: readonly string[], action: string): JsonObject => ({
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind: "K8sRequiredLabels",
  metadata: { name },
  spec: {
    enforcementAction: action,
    match: { kinds: [{ apiGroups: ["", "apps"], kinds: ["Pod", "Deployment"] }], namespaces: ["team"] },
    parameters: { labels: [...labels] },
  },
});

/** The two APIs of reports, as far as their fields matter here. */
const reportKind = (group: string, version: string, kind: string, plural: string, scope: string): JsonObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${plural}.${group}`,
    annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
  },
  spec: {
    group,
    scope,
    names: { kind, plural },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});

suite("policies of a cluster, enforced there", () => {
  let plane: ControlPlane;
  let admin: ApiClient;
  let serving: Promise<void> = Promise.resolve();
  const signals = new EventEmitter();
  const lines: string[] = [];

  before(async () => {
    plane = await ControlPlane.start();
    admin = plane.admin;
    for (const name of [SYSTEM, "team"]) {
      await created("/api/v1/namespaces", { metadata: { name } });
      await created(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: "default" } });
    }
    for (const definition of [
      reportKind("wgpolicyk8s.io", "v1alpha2", "PolicyReport", "policyreports", "Namespaced"),
      reportKind("wgpolicyk8s.io", "v1alpha2", "ClusterPolicyReport", "clusterpolicyreports", "Cluster"),
      reportKind("openreports.io", "v1alpha1", "Report", "reports", "Namespaced"),
    ])
      await created(DEFINITIONS, definition);
    // It was there before any policy.
    await created(PODS, pod("old", {}));
    const [port = 0] = await freePorts(1);
    await grantServerRights(created);
    serving = serve(
      {
        policies: [],
        host: "127.0.0.1",
        port,
        names: ["127.0.0.1"],
        clientNames: [],
        exemptNamespaces: ["kube-system"],
        protectedNamespace: SYSTEM,
        policyAdmins: [],
        policyAdminGroups: [],
        templateOperations: ["CREATE", "UPDATE"],
        podSecurity: false,
        logLevel: "info",
        drain: { leave: 0, finish: 1000 },
        cluster: {
          connection: await connect({ kubeconfig: await plane.writeKubeconfig("redoubt", ACCOUNT) }),
          namespace: SYSTEM,
          pod: "replica-1",
          isPod: false,
          gatekeeper: { install: true },
          configMapNamespaces: [SYSTEM],
          replicated: [],
          audit: { intervalMs: 500, chunk: 50, pauseMs: 10, violations: 20 },
          register: { client: { url: `https://127.0.0.1:${port}` }, failurePolicy: "Fail", timeoutSeconds: 5 },
          exemptNamespaces: ["kube-system"],
        },
      },
      { write: (line) => lines.push(line), signals },
    );
    await eventually(
      "the webhook is registered",
      async () => (await admin.get(`${VALIDATING}/redoubt`)).status === 200,
    );
  });
  after(async () => {
    signals.emit("SIGTERM");
    await serving;
    await plane.stop();
  });

  async function created(path: string, object: JsonObject | string): Promise<void> {
    const type = typeof object === "string" ? "application/yaml" : "application/json";
    const answer = await admin.send("POST", path, object, type);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }

  async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!(await check())) {
      if (Date.now() > deadline) assert.fail(`not in time: ${what}\n${lines.slice(-20).join("")}`);
      await sleep(50);
    }
  }

  const merge = (path: string, patch: JsonObject): Promise<ApiResponse> =>
    admin.send("PATCH", path, patch, "application/merge-patch+json");
  const messageOf = ({ body }: ApiResponse): string => stringAt(body, ["message"]) ?? "";
  const statusOf = async (path: string): Promise<JsonObject> =>
    objectAt((await admin.get(path)).body, ["status"]) ?? {};
  const errorsOf = async (path: string): Promise<readonly unknown[]> =>
    listAt(await statusOf(path), ["byPod", 0, "errors"]);

  /** Put to work by whoever watches: the status says when. */
  async function applied(name: string, labels: readonly string[], action: string): Promise<void> {
    await created(CONSTRAINTS, constraint(name, labels, action));
    await enforced(name);
  }

  async function enforced(name: string): Promise<void> {
    await eventually(`${name} is enforced`, async () => {
      const { body } = await admin.get(`${CONSTRAINTS}/${name}`);
      const [entry] = listAt(body, ["status", "byPod"]);
      const isCurrent = numberAt(entry, ["observedGeneration"]) === numberAt(body, ["metadata", "generation"]);
      return isCurrent && booleanAt(entry, ["enforced"]) === true;
    });
  }

  test("a template makes a kind of constraints, whose parameters the API server checks", async () => {
    await created(TEMPLATES, REQUIRED_LABELS);
    await eventually("the kind is served", async () => (await admin.get(CONSTRAINTS)).status === 200);
    const status = await statusOf(`${TEMPLATES}/k8srequiredlabels`);
    await eventually("the template is created", async () => {
      return (await statusOf(`${TEMPLATES}/k8srequiredlabels`))["created"] === true;
    });
    assert.deepEqual(listAt(status, ["byPod", 0, "errors"]), []);
    const odd = constraint("odd", [], "deny");
    const refused = await admin.post(CONSTRAINTS, { ...odd, spec: { parameters: { labels: "owner" } } });
    assert.equal(refused.status, 422);
    assert.match(messageOf(refused), /spec\.parameters\.labels: Invalid value: "string"/);
  });

  test("a constraint refuses creation, update, dry runs, and only where it matches", async () => {
    await applied("owner", ["owner"], "deny");
    for (const path of [PODS, `${PODS}?dryRun=All`]) {
      const refused = await admin.post(path, pod("a", {}));
      assert.equal(refused.status, 403, messageOf(refused));
      assert.match(
        messageOf(refused),
        /admission webhook "validate\.redoubt\.dev" denied.*\[owner\] labels are missing: owner/,
      );
    }
    assert.equal((await admin.post(`${PODS}?dryRun=All`, pod("a", { owner: "x" }))).status, 201);
    assert.equal((await admin.get(`${PODS}/a`)).status, 404);
    await created(PODS, pod("a", { owner: "x" }));
    const unlabelled = await merge(`${PODS}/a`, { metadata: { labels: { owner: null } } });
    assert.equal(unlabelled.status, 403, messageOf(unlabelled));
    assert.equal((await merge(`${PODS}/a`, { metadata: { labels: { tier: "web" } } })).status, 200);
    await created(`/api/v1/namespaces/${SYSTEM}/pods`, pod("a", {}));
    await created("/api/v1/namespaces/kube-system/serviceaccounts", { metadata: { name: "default" } });
    await created("/api/v1/namespaces/kube-system/pods", pod("a", {}));
  });

  test("a Rego policy of a ConfigMap sees deletions, ephemeral containers and scaling", async () => {
    const path = `/api/v1/namespaces/${SYSTEM}/configmaps`;
    const labels = { "openpolicyagent.org/policy": "rego" };
    await created(path, { metadata: { name: "registry", labels }, data: { "main.rego": REGISTRY_POLICY } });
    await eventually("the ConfigMap says that it is loaded", async () => {
      const { body } = await admin.get(`${path}/registry`);
      const annotation = ["metadata", "annotations", "openpolicyagent.org/kube-mgmt-status"];
      return stringAt(body, annotation) === '{"status":"ok"}';
    });
    const other = await admin.post(PODS, pod("b", { owner: "x" }, "docker.io/app"));
    assert.match(messageOf(other), /image docker\.io\/app is not from the registry/);

    const debug = (image: string): Promise<ApiResponse> =>
      admin.send(
        "PATCH",
        `${PODS}/a/ephemeralcontainers`,
        { spec: { ephemeralContainers: [{ name: "debug", image }] } },
        "application/strategic-merge-patch+json",
      );
    assert.match(messageOf(await debug("docker.io/debug")), /image docker\.io\/debug is not from the registry/);
    assert.equal((await debug("registry.example/debug:1")).status, 200);

    const template = { metadata: { labels: { app: "web" } }, spec: pod("web", {})["spec"] ?? {} };
    const spec = { replicas: 1, selector: { matchLabels: { app: "web" } }, template };
    await created(DEPLOYMENTS, { metadata: { name: "web", labels: { owner: "x" } }, spec });
    const scaled = await merge(`${DEPLOYMENTS}/web/scale`, { spec: { replicas: 5 } });
    assert.match(messageOf(scaled), /no more than 3 replicas/);
    assert.equal((await merge(`${DEPLOYMENTS}/web/scale`, { spec: { replicas: 3 } })).status, 200);

    await created(PODS, pod("kept", { owner: "x", keep: "yes" }));
    const kept = await admin.delete(`${PODS}/kept`);
    assert.equal(kept.status, 403, messageOf(kept));
    assert.match(messageOf(kept), /this pod stays/);
    assert.equal((await admin.delete(`${PODS}/a?gracePeriodSeconds=0`)).status, 200);
  });

  test("warn warns and lets through, dryrun says nothing", async () => {
    await applied("tier", ["tier"], "warn");
    await applied("cost", ["cost"], "dryrun");
    const answer = await admin.post(PODS, pod("c", { owner: "x" }));
    assert.equal(answer.status, 201, messageOf(answer));
    assert.deepEqual(answer.warnings, ["[tier] labels are missing: tier"]);
  });

  test("a template is asked about deletions where it says so", async () => {
    const guarded = REQUIRED_LABELS.replaceAll("k8srequiredlabels", "k8sguarded")
      .replace("K8sRequiredLabels", "K8sGuarded")
      .replace("- target: admission.k8s.gatekeeper.sh", '$&\n      operations: ["DELETE"]');
    await created(TEMPLATES, guarded);
    const path = "/apis/constraints.gatekeeper.sh/v1beta1/k8sguarded";
    await eventually("the kind is served", async () => (await admin.get(path)).status === 200);
    const { spec } = constraint("guarded", ["approved"], "deny");
    const kind = "K8sGuarded";
    await created(path, {
      apiVersion: "constraints.gatekeeper.sh/v1beta1",
      kind,
      metadata: { name: "guarded" },
      spec: spec ?? {},
    });
    await eventually("it refuses", async () => (await admin.delete(`${PODS}/c?dryRun=All`)).status === 403);
    assert.equal((await admin.post(`${PODS}?dryRun=All`, pod("x", { owner: "x" }))).status, 201);
    assert.equal((await admin.delete(`${path}/guarded`)).status, 200);
    await eventually("it no longer does", async () => (await admin.delete(`${PODS}/c?dryRun=All`)).status === 200);
  });

  test("a template whose Rego or schema is wrong says where, and holds up nobody", async () => {
    const named = (name: string, kind: string): string =>
      REQUIRED_LABELS.replaceAll("k8srequiredlabels", name).replace("K8sRequiredLabels", kind);
    await created(TEMPLATES, named("badrego", "BadRego").replace("count(missing)", "cuont(missing)"));
    await created(TEMPLATES, named("badschema", "BadSchema").replace("type: array", "type: strings"));
    await eventually("bad Rego is told", async () => (await errorsOf(`${TEMPLATES}/badrego`)).length === 1);
    const [rego] = await errorsOf(`${TEMPLATES}/badrego`);
    assert.equal(stringAt(rego, ["code"]), "ingest_error");
    assert.equal(stringAt(rego, ["location"]), "template.rego:7:3");
    assert.match(stringAt(rego, ["message"]) ?? "", /undefined function cuont/);
    await eventually("a bad schema is told", async () => (await errorsOf(`${TEMPLATES}/badschema`)).length === 1);
    const [schema] = await errorsOf(`${TEMPLATES}/badschema`);
    assert.equal(stringAt(schema, ["code"]), "create_error");
    assert.match(stringAt(schema, ["location"]) ?? "", /^openAPIV3Schema:\d+:\d+$/);
    assert.match(stringAt(schema, ["message"]) ?? "", /openAPIV3Schema\.properties\[labels\]\.type: .*"strings"/);
    for (const name of ["badrego", "badschema"])
      assert.equal((await statusOf(`${TEMPLATES}/${name}`))["created"], false);
    assert.equal((await admin.post(PODS, pod("d", { owner: "x" }))).status, 201);
    assert.equal((await admin.post(PODS, pod("e", {}))).status, 403);
    // One that worked goes on as it was.
    const path = `${TEMPLATES}/k8srequiredlabels`;
    const { body } = await admin.get(path);
    const broken = JSON.parse(JSON.stringify(body).replace("count(missing) >", "count(missing >"));
    assert.equal((await admin.put(path, broken)).status, 200);
    await eventually("the broken version is told", async () => (await errorsOf(path)).length === 1);
    assert.match(stringAt((await errorsOf(path))[0], ["message"]) ?? "", /the version before it stays in force/);
    assert.equal((await admin.post(PODS, pod("e", {}))).status, 403);
    const { body: now } = await admin.get(path);
    const mended = { ...Object(now), spec: objectAt(body, ["spec"]) };
    assert.equal((await admin.put(path, mended)).status, 200);
    await eventually("it is mended", async () => (await errorsOf(path)).length === 0);
  });

  test("audits say in constraints and in reports what exists that policies would refuse", async () => {
    const found = async (name: string): Promise<JsonObject> => statusOf(`${CONSTRAINTS}/${name}`);
    await eventually("an audit has ended", async () => (await found("cost"))["auditTimestamp"] !== undefined);
    await eventually("the old pod is found", async () => numberAt(await found("owner"), ["totalViolations"]) === 1);
    const [violation] = listAt(await found("owner"), ["violations"]);
    assert.deepEqual(violation, {
      group: "",
      version: "v1",
      kind: "Pod",
      namespace: "team",
      name: "old",
      message: "labels are missing: owner",
      enforcementAction: "deny",
    });
    // old, c, d, kept and the Deployment; of "dryrun" as of "deny".
    await eventually("all are counted", async () => numberAt(await found("cost"), ["totalViolations"]) === 5);
    // Each of the five lacks both of the other labels.
    for (const path of [
      "wgpolicyk8s.io/v1alpha2/namespaces/team/policyreports",
      "openreports.io/v1alpha1/namespaces/team/reports",
    ]) {
      await eventually(`${path} is written`, async () => {
        const { body } = await admin.get(`/apis/${path}/redoubt-audit`);
        return numberAt(body, ["summary", "fail"]) === 1 && numberAt(body, ["summary", "warn"]) === 10;
      });
    }
    await admin.delete(`${PODS}/old?gracePeriodSeconds=0`);
    await eventually(
      "what is gone is no longer found",
      async () => numberAt(await found("owner"), ["totalViolations"]) === 0,
    );
    assert.deepEqual(listAt(await found("owner"), ["violations"]), []);
  });

  test("the configuration comes back when it is deleted, and nothing is written again and again", async () => {
    assert.equal((await admin.delete(`${VALIDATING}/redoubt`)).status, 200);
    await eventually("it is back", async () => (await admin.get(`${VALIDATING}/redoubt`)).status === 200);
    await eventually(
      "it is enforced",
      async () => (await admin.post(`${PODS}?dryRun=All`, pod("f", {}))).status === 403,
    );
    const paths = [`${VALIDATING}/redoubt`, `${TEMPLATES}/k8srequiredlabels`, `${TEMPLATES}/badschema`];
    const versions = (): Promise<readonly (string | undefined)[]> =>
      Promise.all(paths.map(async (path) => stringAt((await admin.get(path)).body, ["metadata", "resourceVersion"])));
    const first = await versions();
    await sleep(1500);
    assert.deepEqual(await versions(), first);
    // Nor was anything forbidden: the account's rights are enough.
    const forbidden = lines.filter((line) => /is forbidden|without all of the cluster/.test(line));
    assert.deepEqual(forbidden, []);
  });

  test("mutators change what is created, and inventories are what is synced", async () => {
    const mutator = {
      apiVersion: "mutations.gatekeeper.sh/v1",
      kind: "AssignMetadata",
      metadata: { name: "origin" },
      spec: {
        match: { scope: "Namespaced", namespaces: ["team"], kinds: [{ apiGroups: [""], kinds: ["Pod"] }] },
        location: "metadata.labels.origin",
        parameters: { assign: { value: "redoubt" } },
      },
    };
    await created("/apis/mutations.gatekeeper.sh/v1/assignmetadata", mutator);
    await eventually("pods get the label", async () => {
      const { body } = await admin.post(`${PODS}?dryRun=All`, pod("m", { owner: "x" }));
      return stringAt(body, ["metadata", "labels", "origin"]) === "redoubt";
    });
    await created(
      TEMPLATES,
      REQUIRED_LABELS.replaceAll("k8srequiredlabels", "k8suniquename")
        .replace("K8sRequiredLabels", "K8sUniqueName")
        .replace("count(missing) > 0", "data.inventory.namespace[_][_].Pod[input.review.object.metadata.name]"),
    );
    const path = "/apis/constraints.gatekeeper.sh/v1beta1/k8suniquename";
    await eventually("the kind is served", async () => (await admin.get(path)).status === 200);
    const { spec } = constraint("unique", ["owner"], "deny");
    const kind = "K8sUniqueName";
    await created(path, {
      apiVersion: "constraints.gatekeeper.sh/v1beta1",
      kind,
      metadata: { name: "unique" },
      spec: { ...Object(spec), match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }], namespaces: ["team"] } },
    });
    await created(`/apis/config.gatekeeper.sh/v1alpha1/namespaces/${SYSTEM}/configs`, {
      apiVersion: "config.gatekeeper.sh/v1alpha1",
      kind: "Config",
      metadata: { name: "config" },
      spec: { sync: { syncOnly: [{ group: "", version: "v1", kind: "Pod" }] } },
    });
    await eventually("a name that is taken is refused", async () => {
      return /\[unique\]/.test(messageOf(await admin.post(`${PODS}?dryRun=All`, pod("c", { owner: "x" }))));
    });
    assert.equal((await admin.post(`${PODS}?dryRun=All`, pod("free", { owner: "x" }))).status, 201);
    assert.equal((await admin.delete(`${path}/unique`)).status, 200);
  });

  test("a Config says whether it counts, and a Provider whether it can be asked", async () => {
    const configs = (namespace: string): string =>
      `/apis/config.gatekeeper.sh/v1alpha1/namespaces/${namespace}/configs`;
    await created(configs("team"), {
      apiVersion: "config.gatekeeper.sh/v1alpha1",
      kind: "Config",
      metadata: { name: "config" },
      spec: { match: [{ excludedNamespaces: ["*"], processes: ["*"] }] },
    });
    const providers = "/apis/externaldata.gatekeeper.sh/v1beta1/providers";
    await created(providers, {
      apiVersion: "externaldata.gatekeeper.sh/v1beta1",
      kind: "Provider",
      metadata: { name: "owners" },
      spec: { url: "https://owners.example", caBundle: "eA==" },
    });
    const paths = [`${configs(SYSTEM)}/config`, `${configs("team")}/config`, `${providers}/owners`];
    const entries = async (): Promise<readonly JsonObject[]> =>
      Promise.all(paths.map(async (path) => Object(listAt(await statusOf(path), ["byPod"])[0])));
    await eventually("all have a status", async () => (await entries()).every(({ id }) => id === "replica-1"));
    const [own, foreign, provider] = await entries();
    assert.deepEqual(listAt(own, ["errors"]), []);
    assert.match(stringAt(foreign, ["errors", 0, "message"]) ?? "", /only the Config "config" of namespace redoubt/);
    assert.match(stringAt(provider, ["errors", 0, "message"]) ?? "", /bad caBundle/);
    assert.match(stringAt(provider, ["lastTransitionTime"]) ?? "", /^\d{4}-.*Z$/);
    assert.equal((await admin.post(`${PODS}?dryRun=All`, pod("f", {}))).status, 403);
    for (const path of paths.slice(1)) assert.equal((await admin.delete(path)).status, 200);
  });

  test("who may write policies by RBAC may not for that alone, nor the webhook's own objects", async () => {
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
    const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" }];
    await created(`${RBAC}/clusterrolebindings`, { metadata: { name: "jane" }, roleRef, subjects });
    const jane = await plane.clientFor("jane");
    for (const path of [`${CONSTRAINTS}/owner`, `/api/v1/namespaces/${SYSTEM}/secrets/redoubt-ca`]) {
      const refused = await jane.delete(path);
      assert.equal(refused.status, 403, path);
      assert.match(messageOf(refused), /own configuration, which "jane" may not change/);
    }
    const tokens = `/api/v1/namespaces/${SYSTEM}/serviceaccounts/default/token`;
    const token = await jane.post(tokens, { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} });
    assert.match(messageOf(token), /serviceaccounts\/token .*own configuration, which "jane" may not change/);
    assert.equal((await jane.get(`${CONSTRAINTS}/owner`)).status, 200);
    jane.close();
  });

  test("watches outlive the API server", async () => {
    await plane.restartApiServer();
    await applied("team", ["team"], "deny");
    assert.match(messageOf(await admin.post(PODS, pod("g", { owner: "x" }))), /\[team\] labels are missing: team/);
    assert.equal((await admin.delete(`${CONSTRAINTS}/team`)).status, 200);
    await eventually(
      "it is gone",
      async () => (await admin.post(`${PODS}?dryRun=All`, pod("g", { owner: "x" }))).status === 201,
    );
  });

  test("while the webhook is down nothing passes, but in its own namespace", async () => {
    signals.emit("SIGTERM");
    await serving;
    const refused = await admin.post(PODS, pod("h", { owner: "x" }));
    assert.equal(refused.status, 500);
    assert.match(messageOf(refused), /failed calling webhook "(?:mutate|validate)\.redoubt\.dev"/);
    await created(`/api/v1/namespaces/${SYSTEM}/pods`, pod("h", {}));
  });
});
