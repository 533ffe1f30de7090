import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { decide } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { PolicyStore } from "../policies/policy-store.ts";
import { eventually } from "../testing/eventually.ts";
import { FakeApiServer } from "../testing/fake-api-server.ts";
import { podNamed } from "../testing/policies.ts";
import { ConfigMapSource, STATUS_ANNOTATION } from "./configmap-source.ts";

const PATH = "/api/v1/configmaps";
const deny = (name: string): string => `package kubernetes.admission
deny contains "no ${name}" if input.request.object.metadata.name == "${name}"`;

suite("policies from ConfigMaps", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  beforeEach(() => {
    api = new FakeApiServer([PATH]);
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  const apply = (name: string, data: JsonObject, label = "policy", namespace = "policies"): void => {
    const before = api.find(PATH, name, namespace);
    api.apply(PATH, {
      ...before,
      metadata: { name, namespace, labels: { [`openpolicyagent.org/${label}`]: label === "policy" ? "rego" : "opa" } },
      data,
    });
  };
  const start = async (): Promise<PolicyStore> => {
    const watch = { timing: { pauseMs: 1, longestPauseMs: 4 } };
    const store = new PolicyStore([new ConfigMapSource(api, { namespaces: ["policies"], watch, delayMs: 1 })]);
    await store.start(stop.signal);
    return store;
  };
  const refuses = (store: PolicyStore, name: string): boolean =>
    !decide(podNamed(name), store.current.policies).allowed;
  const annotation = (name: string): string =>
    stringAt(api.find(PATH, name, "policies"), ["metadata", "annotations", STATUS_ANNOTATION]) ?? "";

  test("are those with the label, in the namespaces that are named", async () => {
    apply("a", { "main.rego": deny("web") });
    apply("elsewhere", { "main.rego": deny("db") }, "policy", "team");
    api.apply(PATH, { metadata: { name: "plain", namespace: "policies" }, data: { "main.rego": deny("db") } });
    const store = await start();
    assert.equal(refuses(store, "web"), true);
    assert.equal(refuses(store, "db"), false);
    await eventually(() => assert.equal(annotation("a"), '{"status":"ok"}'));
  });

  test("come, change and go", async () => {
    const store = await start();
    apply("a", { "main.rego": deny("web") });
    await eventually(() => assert.equal(refuses(store, "web"), true));
    apply("a", { "main.rego": deny("db") });
    await eventually(() => assert.equal(refuses(store, "db"), true));
    assert.equal(refuses(store, "web"), false);
    api.remove(PATH, "policies", "a");
    await eventually(() => assert.equal(refuses(store, "db"), false));
  });

  test("read documents of other ConfigMaps", async () => {
    apply("names", { denied: '["web"]' }, "data");
    apply("a", {
      "main.rego": `package kubernetes.admission
deny contains "denied" if input.request.object.metadata.name in data.policies.names.denied`,
    });
    const store = await start();
    assert.equal(refuses(store, "web"), true);
    apply("names", { denied: '["db"]' }, "data");
    await eventually(() => assert.equal(refuses(store, "db"), true));
  });

  test("that do not compile say where, and leave the others and their own earlier version in force", async () => {
    apply("a", { "main.rego": deny("web") });
    apply("b", { "main.rego": deny("db") });
    const store = await start();
    apply("a", { "main.rego": `${deny("web")} {` });
    await eventually(() => assert.match(annotation("a"), /^\{"status":"error".*main\.rego:2:.*stays in force/));
    apply("b", { "main.rego": deny("cache") });
    await eventually(() => assert.equal(refuses(store, "cache"), true));
    assert.equal(refuses(store, "web"), true);
    assert.equal(refuses(store, "db"), false);
    await eventually(() => assert.equal(annotation("b"), '{"status":"ok"}'));
    assert.deepEqual(
      store.current.problems.map(({ kind, name }) => [kind, name]),
      [["Source", "ConfigMap policies/a"]],
    );
    apply("c", { "main.rego": "package p\nx := y" });
    await eventually(() => assert.match(annotation("c"), /var y is unsafe/));
    assert.doesNotMatch(annotation("c"), /stays in force/);
  });

  test("whose documents are no JSON say so", async () => {
    apply("names", { denied: "[" }, "data");
    await start();
    await eventually(() => assert.match(annotation("names"), /denied is not JSON/));
  });
});
