import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { clusterViewOf } from "@redoubt/admission";
import { type JsonObject, objectAt } from "@redoubt/kube";
import { PolicyStore } from "../policies/policy-store.ts";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import { reviewOf } from "../testing/reviews.ts";
import { GivenSource, ask, runningWebhook } from "../testing/running-webhook.ts";

const namespace = (name: string, labels: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});

/** Names are denied in namespaces of production only. */
const PRODUCTION: JsonObject = {
  ...constraint("no-web", ["web"]),
  spec: { match: { namespaceSelector: { matchLabels: { env: "prod" } } }, parameters: { names: ["web"] } },
};

function follow(store: PolicyStore, ...objects: readonly JsonObject[]): void {
  const view = clusterViewOf(objects);
  store.setCluster({ view, kinds: [{ key: "v1 Namespace", isNamespaced: false, isData: false, objects }] });
}

suite("requests in namespaces that were just made", () => {
  const start = async (
    context: Parameters<typeof runningWebhook>[0],
  ): Promise<{ store: PolicyStore; statusOf: (review: JsonObject) => Promise<JsonObject> }> => {
    const store = new PolicyStore([new GivenSource({ objects: [TEMPLATE, PRODUCTION] })]);
    const admission = { exemptNamespaces: new Set(["kube-system"]), maxDepth: 100 };
    const webhook = await runningWebhook(context, {}, { store, admission });
    const statusOf = async (review: JsonObject): Promise<JsonObject> => {
      const { body } = await ask(webhook, { body: JSON.stringify(review) });
      const response = objectAt(JSON.parse(body), ["response"]) ?? assert.fail(body);
      return { allowed: response["allowed"] ?? null, code: objectAt(response, ["status"])?.["code"] ?? null };
    };
    return { store, statusOf };
  };

  test("wait for the namespace, whose labels say which policies are for it", async (context) => {
    const { store, statusOf } = await start(context);
    follow(store, namespace("other", {}));
    const answer = statusOf(reviewOf(podNamed("web", "fresh"), { namespace: "fresh" }));
    setTimeout(() => follow(store, namespace("fresh", { env: "prod" })), 100);
    assert.deepEqual(await answer, { allowed: false, code: 403 });
  });

  test("are refused where it does not become known", async (context) => {
    const { store, statusOf } = await start(context);
    follow(store, namespace("other", {}));
    const review = reviewOf(podNamed("fine", "fresh"), { namespace: "fresh" });
    assert.deepEqual(await statusOf(review), { allowed: false, code: 503 });
  });

  test("do not wait for exempt namespaces, for a Namespace itself, nor where namespaces are not followed", async (context) => {
    const { store, statusOf } = await start(context);
    const web = reviewOf(podNamed("web", "fresh"), { namespace: "fresh" });
    assert.deepEqual(await statusOf(web), { allowed: true, code: null });
    follow(store, namespace("other", {}));
    const exempt = reviewOf(podNamed("web", "kube-system"), { namespace: "kube-system" });
    assert.deepEqual(await statusOf(exempt), { allowed: true, code: null });
    const made = reviewOf(namespace("fresh", {}), {
      kind: { group: "", version: "v1", kind: "Namespace" },
      resource: { group: "", version: "v1", resource: "namespaces" },
      name: "fresh",
      namespace: "fresh",
    });
    assert.deepEqual(await statusOf(made), { allowed: true, code: null });
  });
});
