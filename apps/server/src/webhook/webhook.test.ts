import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, objectAt, stringAt, stringsAt } from "@redoubt/kube";
import { createAuthority, issueClientCertificate } from "../certificates/issue-certificate.ts";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import { reviewOf } from "../testing/reviews.ts";
import { type Asked, type TestWebhook, ask, runningWebhook } from "../testing/running-webhook.ts";
import { Protection } from "./protection.ts";

const POLICIES = { objects: [TEMPLATE, constraint("no-web", ["web"])] };
const LABELLED: JsonObject = {
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "AssignMetadata",
  metadata: { name: "owner" },
  spec: { location: "metadata.labels.owner", parameters: { assign: { value: "shop" } } },
};

async function responseTo(webhook: TestWebhook, review: JsonObject, asked: Asked = {}): Promise<JsonObject> {
  const { status, body } = await ask(webhook, { ...asked, body: JSON.stringify(review) });
  assert.equal(status, 200, body);
  return objectAt(JSON.parse(body), ["response"]) ?? assert.fail(body);
}

suite("the webhook", () => {
  test("echoes the uid and the version, and denies with the reason", async (context) => {
    const webhook = await runningWebhook(context, POLICIES);
    const review = { ...reviewOf(podNamed("web"), { uid: "u-17" }), apiVersion: "admission.k8s.io/v1beta1" };
    const { body } = await ask(webhook, { body: JSON.stringify(review) });
    assert.deepEqual(JSON.parse(body), {
      apiVersion: "admission.k8s.io/v1beta1",
      kind: "AdmissionReview",
      response: {
        uid: "u-17",
        allowed: false,
        status: { status: "Failure", message: "[no-web] the name web is denied", reason: "Forbidden", code: 403 },
      },
    });
  });

  test("mutates at /mutate and at Gatekeeper's path, and never at /validate", async (context) => {
    const webhook = await runningWebhook(context, { objects: [LABELLED] });
    for (const path of ["/mutate", "/v1/mutate"]) {
      const response = await responseTo(webhook, reviewOf(podNamed("web")), { path });
      assert.equal(response["patchType"], "JSONPatch");
      const patch = Buffer.from(stringAt(response, ["patch"]) ?? "", "base64").toString();
      assert.deepEqual(JSON.parse(patch), [{ op: "add", path: "/metadata/labels", value: { owner: "shop" } }]);
    }
    const validated = await responseTo(webhook, reviewOf(podNamed("web")), { path: "/v1/admit" });
    assert.deepEqual(Object.keys(validated), ["uid", "allowed"]);
  });

  test("warnings reach the client of an admitted request", async (context) => {
    const webhook = await runningWebhook(context, { objects: [TEMPLATE, constraint("web", ["web"], "warn")] });
    const response = await responseTo(webhook, reviewOf(podNamed("web")));
    assert.equal(response["allowed"], true);
    assert.deepEqual(stringsAt(response, ["warnings"]), ["[web] the name web is denied"]);
  });

  test("namespaces are exempt by their name alone", async (context) => {
    const admission = { exemptNamespaces: new Set(["kube-system"]), maxDepth: 100 };
    const webhook = await runningWebhook(context, POLICIES, { admission });
    const labels = { "admission.gatekeeper.sh/ignore": "true", "kubernetes.io/metadata.name": "kube-system" };
    const pod = podNamed("web", "kube-system");
    const claimed = { ...podNamed("web"), metadata: { name: "web", namespace: "kube-system", labels } };
    assert.equal((await responseTo(webhook, reviewOf(pod, { namespace: "kube-system" })))["allowed"], true);
    assert.equal((await responseTo(webhook, reviewOf(claimed)))["allowed"], false);
    assert.match((await ask(webhook, { path: "/metrics", method: "GET" })).body, /outcome="exempt"} 1\n/);
  });

  test("a fault within is a denial with the reason, not an end", async (context) => {
    const admission = {
      exemptNamespaces: new Set<string>(),
      maxDepth: 100,
      podSecurity: () => {
        throw new RangeError("out of order");
      },
    };
    const webhook = await runningWebhook(context, {}, { admission });
    const response = await responseTo(webhook, reviewOf(podNamed("web")));
    assert.equal(response["allowed"], false);
    const { message, code } = objectAt(response, ["status"]) ?? {};
    assert.deepEqual([message, code], ["the request could not be judged and is refused: out of order", 500]);
  });

  test("policies are swapped under it", async (context) => {
    const webhook = await runningWebhook(context, POLICIES);
    assert.equal((await responseTo(webhook, reviewOf(podNamed("web"))))["allowed"], false);
    webhook.source.replace({ objects: [TEMPLATE, constraint("no-db", ["db"])] });
    assert.equal((await responseTo(webhook, reviewOf(podNamed("web"))))["allowed"], true);
    const { body } = await ask(webhook, { path: "/metrics", method: "GET" });
    assert.match(body, /redoubt_policy_reloads_total{result="success"} 2\n/);
    assert.match(body, /redoubt_policy_duration_seconds_count{kind="DeniedNames",policy="no-db"} 1\n/);
    assert.doesNotMatch(body, /policy="no-web"/);
    assert.match(body, /redoubt_admission_requests_total{endpoint="validate",outcome="denied"} 1\n/);
  });

  test("what a policy says of a Secret stays out of the log", async (context) => {
    const rego = [
      {
        file: "secrets.rego",
        text: `package kubernetes.admission
deny contains msg if msg := sprintf("it holds %v", [input.request.object.data.password])`,
      },
    ];
    const webhook = await runningWebhook(context, { rego });
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, data: { password: "aHVudGVyMg==" } };
    const kind = { group: "", version: "v1", kind: "Secret" };
    const response = await responseTo(webhook, reviewOf(secret, { kind }));
    assert.match(stringAt(response, ["status", "message"]) ?? "", /aHVudGVyMg==/);
    const denied = webhook.lines.filter((line) => line.includes("was denied"));
    assert.equal(denied.length, 1);
    assert.doesNotMatch(denied.join(""), /aHVudGVyMg/);
    assert.match(denied.join(""), /"policies":\["Rego\/kubernetes.admission.deny"\]/);
  });

  test("only the API server may ask where its certificate is required; probes need none", async (context) => {
    const until = new Date(Date.now() + 3_600_000);
    const validity = { from: new Date(Date.now() - 60_000), until };
    const authority = createAuthority("clients", validity);
    const stranger = createAuthority("clients", validity);
    const clients = { authorities: authority.cert, names: new Set(["kube-apiserver"]) };
    const webhook = await runningWebhook(context, POLICIES, { clients });
    const as = (from: typeof authority, name: string): Asked => ({
      client: issueClientCertificate(from, "clients", name, validity),
      body: JSON.stringify(reviewOf(podNamed("db"))),
    });
    assert.equal((await ask(webhook, as(authority, "kube-apiserver"))).status, 200);
    assert.equal((await ask(webhook, as(authority, "someone"))).status, 403);
    assert.equal((await ask(webhook, as(stranger, "kube-apiserver"))).status, 403);
    assert.equal((await ask(webhook, { body: "{}" })).status, 403);
    assert.equal((await ask(webhook, { path: "/readyz", method: "GET" })).status, 200);
    await webhook.certificates.renew();
    assert.equal((await ask(webhook, as(authority, "kube-apiserver"))).status, 200);
    assert.equal((await ask(webhook, as(stranger, "kube-apiserver"))).status, 403);
  });

  test("while it ends it is not ready, and still answers what arrives", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { drain: { leave: 300, finish: 1000 } });
    assert.equal((await ask(webhook, { path: "/readyz", method: "GET" })).status, 200);
    const stopped = webhook.webhook.stop();
    const ready = await ask(webhook, { path: "/readyz", method: "GET" });
    assert.deepEqual([ready.status, ready.body], [503, "shutting down\n"]);
    assert.equal((await ask(webhook, { path: "/livez", method: "GET" })).status, 200);
    const answer = await ask(webhook, { body: JSON.stringify(reviewOf(podNamed("web"))) });
    assert.deepEqual([answer.status, answer.headers["connection"]], [200, "close"]);
    await stopped;
    await assert.rejects(ask(webhook, { path: "/livez", method: "GET" }));
  });
});

const TEAM = { username: "jane", groups: ["system:authenticated"] };
const OWN = { namespace: "redoubt" };

/** A request, and whether an unprivileged user's is refused. */
const PROTECTED: readonly (readonly [request: JsonObject, refused: boolean])[] = [
  [{ ...OWN, resource: { group: "", version: "v1", resource: "configmaps" } }, true],
  [{ ...OWN, resource: { group: "", version: "v1", resource: "secrets" }, operation: "DELETE" }, true],
  [{ ...OWN, resource: { group: "apps", version: "v1", resource: "deployments" }, subResource: "scale" }, true],
  [
    { ...OWN, resource: { group: "", version: "v1", resource: "pods" }, subResource: "exec", operation: "CONNECT" },
    true,
  ],
  [{ ...OWN, resource: { group: "", version: "v1", resource: "pods" } }, true],
  [{ ...OWN, resource: { group: "", version: "v1", resource: "pods" }, operation: "UPDATE" }, true],
  [{ ...OWN, resource: { group: "", version: "v1", resource: "pods" }, operation: "DELETE" }, false],
  [{ namespace: "team", resource: { group: "", version: "v1", resource: "pods" } }, false],
  [{ ...OWN, resource: { group: "apps", version: "v1", resource: "replicasets" } }, true],
  [{ ...OWN, resource: { group: "batch", version: "v1", resource: "cronjobs" } }, true],
  [{ ...OWN, resource: { group: "discovery.k8s.io", version: "v1", resource: "endpointslices" } }, true],
  [
    { namespace: "", resource: { group: "externaldata.gatekeeper.sh", version: "v1beta1", resource: "providers" } },
    true,
  ],
  [{ ...OWN, resource: { group: "", version: "v1", resource: "events" } }, false],
  [{ ...OWN, resource: { group: "apps", version: "v1", resource: "deployments" }, subResource: "status" }, false],
  [{ namespace: "team", resource: { group: "", version: "v1", resource: "configmaps" } }, false],
  [
    {
      namespace: "",
      name: "redoubt",
      resource: { group: "", version: "v1", resource: "namespaces" },
      operation: "UPDATE",
    },
    true,
  ],
  [
    {
      namespace: "",
      name: "team",
      resource: { group: "", version: "v1", resource: "namespaces" },
      operation: "UPDATE",
    },
    false,
  ],
  [
    { namespace: "", resource: { group: "constraints.gatekeeper.sh", version: "v1beta1", resource: "deniednames" } },
    true,
  ],
  [
    { namespace: "", resource: { group: "templates.gatekeeper.sh", version: "v1", resource: "constrainttemplates" } },
    true,
  ],
];

suite("protection of the webhook's own configuration", () => {
  const protection = new Protection({ namespace: "redoubt", users: ["ops"], groups: ["platform"] });
  const admission = { exemptNamespaces: new Set(["redoubt"]), maxDepth: 100, protection };

  test("others may not change it, even in an exempt namespace; administrators and its own accounts may", async (context) => {
    const webhook = await runningWebhook(context, {}, { admission });
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "policies" } };
    for (const [request, refused] of PROTECTED) {
      const asked = async (userInfo: JsonObject): Promise<boolean> => {
        const review = reviewOf(object, { oldObject: object, userInfo, ...request });
        return (await responseTo(webhook, review))["allowed"] === true;
      };
      const name = JSON.stringify(request);
      assert.equal(await asked(TEAM), !refused, name);
      assert.equal(await asked({ username: "ops" }), true, name);
      assert.equal(await asked({ username: "x", groups: ["platform"] }), true, name);
      assert.equal(await asked({ username: "x", groups: ["system:masters"] }), true, name);
      assert.equal(await asked({ username: "system:serviceaccount:redoubt:webhook" }), true, name);
      assert.equal(await asked({ username: "system:serviceaccount:redoubt-evil:webhook" }), !refused, name);
      assert.equal(await asked({}), !refused, name);
    }
  });

  test("kubelets get the tokens of the webhook's own pods, and nothing else", async (context) => {
    const webhook = await runningWebhook(context, {}, { admission });
    const object = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", metadata: { name: "webhook" } };
    const userInfo = { username: "system:node:a", groups: ["system:nodes", "system:authenticated"] };
    const isAllowed = async (resource: string, subResource: string): Promise<boolean> => {
      const review = reviewOf(object, {
        userInfo,
        namespace: "redoubt",
        name: "webhook",
        resource: { group: "", version: "v1", resource },
        subResource,
      });
      return (await responseTo(webhook, review))["allowed"] === true;
    };
    assert.equal(await isAllowed("serviceaccounts", "token"), true);
    assert.equal(await isAllowed("pods", ""), true);
    assert.equal(await isAllowed("serviceaccounts", ""), false);
    assert.equal(await isAllowed("secrets", ""), false);
  });
});
