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
const ASSIGN: JsonObject = {
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "AssignMetadata",
  metadata: { name: "owner" },
  spec: { location: "metadata.labels.owner", parameters: { assign: { value: "team" } } },
};

suite("the registration of the webhook", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  let replace: (contents: PolicyContents) => void;
  beforeEach(() => {
    api = new FakeApiServer([VALIDATING, MUTATING]);
    stop = new AbortController();
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
    });
    void registration.run(stop.signal);
    return registration;
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
