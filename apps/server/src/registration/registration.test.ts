import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { type JsonObject, listAt, stringAt } from "@redoubt/kube";
import type { PolicyContents } from "../policies/policy-source.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import { eventually } from "../testing/eventually.ts";
import { FakeApiServer } from "../testing/fake-api-server.ts";
import { Registration } from "./registration.ts";

const VALIDATING = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const MUTATING = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const ENDPOINT_SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
const ASSIGN: JsonObject = {
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "AssignMetadata",
  metadata: { name: "owner" },
  spec: { location: "metadata.labels.owner", parameters: { assign: { value: "team" } } },
};

suite("the registration of the webhook", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  let failures: string[];
  let replace: (contents: PolicyContents) => void;
  beforeEach(() => {
    api = new FakeApiServer([VALIDATING, MUTATING, ENDPOINT_SLICES]);
    slice("redoubt", true);
    stop = new AbortController();
    failures = [];
  });
  afterEach(() => stop.abort());

  const start = async (): Promise<Registration> => {
    const source = {
      name: "given",
      start: (_: AbortSignal, changed: (contents: PolicyContents) => void) => {
        replace = changed;
        changed({ objects: [], rego: [], problems: [] });
        return Promise.resolve();
      },
    };
    const store = new PolicyStore([source]);
    await store.start(stop.signal);
    const registration = new Registration(api, store, {
      name: "redoubt",
      client: { service: { namespace: "redoubt-system", name: "redoubt", port: 443 } },
      failurePolicy: "Fail",
      timeoutSeconds: 5,
      exemptNamespaces: ["kube-system"],
      ownNamespace: "redoubt-system",
      watch: { timing: { pauseMs: 1, longestPauseMs: 4 } },
      failed: (error) => failures.push(error.message),
      timing: { pollMs: 5, settleMs: 5, patienceMs: 20 },
    });
    void registration.run(stop.signal);
    return registration;
  };
  const slice = (service: string, ready: boolean): void => {
    const labels = { "kubernetes.io/service-name": service };
    api.apply(ENDPOINT_SLICES, {
      metadata: { name: `${service}-1`, namespace: "redoubt-system", labels },
      endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready } }],
    });
  };
  const webhooks = (path: string): readonly unknown[] => listAt(api.find(path, "redoubt"), ["webhooks"]);
  const bundle = (): string =>
    Buffer.from(stringAt(webhooks(VALIDATING)[0], ["clientConfig", "caBundle"]) ?? "", "base64").toString();

  test("waits for the certificates to trust, and follows them", async () => {
    const registration = await start();
    await eventually(() => assert.equal(api.watchersOf(VALIDATING), 1));
    assert.deepEqual(webhooks(VALIDATING), []);
    registration.setBundle("first");
    await eventually(() => assert.equal(bundle(), "first"));
    registration.setBundle("second");
    await eventually(() => assert.equal(bundle(), "second"));
  });

  test("waits for a replica that is ready behind the Service, because nobody else could answer", async () => {
    slice("redoubt", false);
    slice("other", true);
    (await start()).setBundle("ca");
    const looks = (): number =>
      api.log.filter((line) => line.startsWith("GET") && line.endsWith("endpointslices")).length;
    await eventually(() => assert.ok(looks() > 3));
    await eventually(() => assert.equal(failures.length, 1));
    assert.match(failures[0] ?? "", /Service redoubt-system\/redoubt: the webhook is not registered before/);
    assert.deepEqual(webhooks(VALIDATING), []);
    slice("redoubt", true);
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
    // What is registered is kept as it is to be, whether or not someone is ready.
    slice("redoubt", false);
    api.apply(VALIDATING, { ...api.find(VALIDATING, "redoubt"), webhooks: [] });
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
  });

  test("does not wait for what it may not read, and says so", async () => {
    const message = "endpointslices is forbidden";
    api.intercept = (method, path) =>
      method === "GET" && path.endsWith("/endpointslices")
        ? { status: 403, text: JSON.stringify({ kind: "Status", message }) }
        : undefined;
    (await start()).setBundle("ca");
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
    assert.match(
      failures.join(),
      /Service redoubt-system\/redoubt: whether it has a ready replica is not known: .*forbidden/,
    );
  });

  test("fails closed, but for its own namespace, and exempts others by their names only", async () => {
    (await start()).setBundle("ca");
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
    const [main, own] = webhooks(VALIDATING);
    const selectorOf = (webhook: unknown): unknown => listAt(webhook, ["namespaceSelector", "matchExpressions"])[0];
    const key = "kubernetes.io/metadata.name";
    assert.deepEqual(selectorOf(main), { key, operator: "NotIn", values: ["kube-system", "redoubt-system"] });
    assert.deepEqual(selectorOf(own), { key, operator: "In", values: ["redoubt-system"] });
    assert.deepEqual([stringAt(main, ["failurePolicy"]), stringAt(own, ["failurePolicy"])], ["Fail", "Ignore"]);
    assert.equal(stringAt(main, ["clientConfig", "service", "path"]), "/validate");
  });

  test("puts back what someone changes or deletes", async () => {
    (await start()).setBundle("ca");
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
    const made = api.find(VALIDATING, "redoubt") ?? {};
    api.apply(VALIDATING, { ...made, webhooks: [] });
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
    api.remove(VALIDATING, "", "redoubt");
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
    api.remove(VALIDATING, "", "redoubt");
    api.apply(VALIDATING, { metadata: { name: "redoubt" }, webhooks: [] });
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
  });

  test("asks to mutate only while something mutates", async () => {
    (await start()).setBundle("ca");
    await eventually(() => assert.equal(webhooks(VALIDATING).length, 2));
    assert.deepEqual(webhooks(MUTATING), []);
    replace({ objects: [ASSIGN], rego: [], problems: [] });
    await eventually(() => assert.equal(webhooks(MUTATING).length, 1));
    replace({ objects: [], rego: [], problems: [] });
    await eventually(() => assert.deepEqual(api.all(MUTATING), []));
  });
});
