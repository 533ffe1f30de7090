import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { type JsonObject, listAt, objectAt, stringAt } from "@redoubt/kube";
import { PolicyStore } from "../policies/policy-store.ts";
import { eventually } from "../testing/eventually.ts";
import { OWNERS, OWNERS_ORIGIN } from "../testing/external-data.ts";
import { FakeApiServer } from "../testing/fake-api-server.ts";
import { TEMPLATE, constraint } from "../testing/policies.ts";
import { DEFINITIONS_PATH } from "./definitions.ts";
import { GatekeeperSource } from "./gatekeeper-source.ts";
import { StatusWriter } from "./status-writer.ts";

const TEMPLATES = "/apis/templates.gatekeeper.sh/v1/constrainttemplates";
const CONSTRAINTS = "/apis/constraints.gatekeeper.sh/v1beta1/deniednames";
const ASSIGN = "/apis/mutations.gatekeeper.sh/v1/assign";
const CONFIGS = "/apis/config.gatekeeper.sh/v1alpha1/configs";
const SYNC_SETS = "/apis/syncset.gatekeeper.sh/v1alpha1/syncsets";
const PROVIDERS = "/apis/externaldata.gatekeeper.sh/v1beta1/providers";
const PODS = "/api/v1/pods";

suite("the status of Gatekeeper's objects", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  beforeEach(() => {
    api = new FakeApiServer([TEMPLATES, CONSTRAINTS, ASSIGN, CONFIGS, SYNC_SETS, PROVIDERS, PODS, DEFINITIONS_PATH]);
    stop = new AbortController();
    api.apply(DEFINITIONS_PATH, {
      metadata: { name: "deniednames.constraints.gatekeeper.sh", labels: { "gatekeeper.sh/constraint": "yes" } },
      status: { conditions: [{ type: "Established", status: "True" }] },
    });
  });
  afterEach(() => stop.abort());

  const replica = async (pod: string, providers: readonly string[] = []): Promise<void> => {
    const watch = { timing: { pauseMs: 1, longestPauseMs: 4 } };
    const source = new GatekeeperSource(api, { configNamespace: "gatekeeper-system", watch, delayMs: 1 });
    const store = new PolicyStore([source], { providers });
    const operations = ["webhook"];
    const writer = new StatusWriter(api, source, store, {
      pod,
      podNamespace: "redoubt-system",
      lookMs: 50,
      operations,
    });
    await store.start(stop.signal);
    void writer.run(stop.signal);
  };
  const statusOf = (path: string, name: string): JsonObject => objectAt(api.find(path, name), ["status"]) ?? {};
  const idOf = (path: string, name: string): string => stringAt(api.find(path, name), ["metadata", "uid"]) ?? "";

  test("says that a template is created and a constraint enforced, in which version", async () => {
    api.apply(TEMPLATES, TEMPLATE);
    api.apply(CONSTRAINTS, constraint("no-web", ["web"]));
    await replica("a");
    await eventually(() =>
      assert.deepEqual(statusOf(TEMPLATES, "deniednames"), {
        byPod: [
          {
            id: "a",
            templateUID: idOf(TEMPLATES, "deniednames"),
            operations: ["webhook"],
            observedGeneration: 1,
          },
        ],
        created: true,
      }),
    );
    api.apply(CONSTRAINTS, constraint("no-web", ["db"]));
    await eventually(() =>
      assert.deepEqual(statusOf(CONSTRAINTS, "no-web")["byPod"], [
        {
          id: "a",
          constraintUID: idOf(CONSTRAINTS, "no-web"),
          operations: ["webhook"],
          enforced: true,
          observedGeneration: 2,
        },
      ]),
    );
  });

  test("names the line and column of Rego that does not compile, and says what is in force meanwhile", async () => {
    api.apply(TEMPLATES, JSON.parse(JSON.stringify(TEMPLATE).replace("input.review.object", "inputt.review.object")));
    await replica("a");
    const errors = (): readonly unknown[] => listAt(statusOf(TEMPLATES, "deniednames"), ["byPod", 0, "errors"]);
    await eventually(() => assert.equal(errors().length, 1));
    const [error] = errors();
    assert.equal(stringAt(error, ["code"]), "ingest_error");
    assert.equal(stringAt(error, ["location"]), "template.rego:3:3");
    assert.match(stringAt(error, ["message"]) ?? "", /inputt/);
    assert.equal(statusOf(TEMPLATES, "deniednames")["created"], false);
    api.apply(TEMPLATES, TEMPLATE);
    await eventually(() => assert.equal(statusOf(TEMPLATES, "deniednames")["created"], true));
    api.apply(TEMPLATES, JSON.parse(JSON.stringify(TEMPLATE).replace("violation[", "violation[[")));
    await eventually(() =>
      assert.match(stringAt(errors()[0], ["message"]) ?? "", /the version before it stays in force/),
    );
  });

  test("says why a constraint or mutator is not in force", async () => {
    api.apply(TEMPLATES, TEMPLATE);
    api.apply(CONSTRAINTS, { ...constraint("odd", []), spec: { parameters: { names: "web" } } });
    api.apply(ASSIGN, { kind: "Assign", metadata: { name: "odd" }, spec: { location: "spec..x" } });
    await replica("a");
    for (const path of [CONSTRAINTS, ASSIGN]) {
      await eventually(() => {
        const [entry] = listAt(statusOf(path, "odd"), ["byPod"]);
        assert.equal(listAt(entry, ["errors"]).length > 0, true);
        assert.equal(Object(entry).enforced, false);
        // Gatekeeper's kinds of mutators know no codes.
        assert.equal(stringAt(listAt(entry, ["errors"])[0], ["code"]), path === ASSIGN ? undefined : "create_error");
      });
    }
  });

  test("of a Config says which one counts, in each version, and never of what is none of its kinds", async () => {
    const config = (name: string, namespace: string): JsonObject => ({
      apiVersion: "config.gatekeeper.sh/v1alpha1",
      kind: "Config",
      metadata: { name, namespace },
      spec: {},
    });
    api.apply(CONFIGS, config("config", "gatekeeper-system"));
    api.apply(CONFIGS, config("config", "tenant"));
    api.apply(SYNC_SETS, { kind: "SyncSet", metadata: { name: "pods" }, spec: { gvks: [] } });
    await replica("a");
    const entry = (namespace: string): unknown => {
      const object = api.find(CONFIGS, "config", namespace);
      const configUID = stringAt(object, ["metadata", "uid"]) ?? "";
      const { configUID: told, ...rest } = Object(listAt(object, ["status", "byPod"])[0]);
      assert.equal(told, configUID);
      return rest;
    };
    const common = { id: "a", operations: ["webhook"], observedGeneration: 1 };
    await eventually(() => assert.deepEqual(entry("gatekeeper-system"), common));
    const message = 'only the Config "config" of namespace gatekeeper-system counts: this one is not in force';
    await eventually(() => assert.deepEqual(entry("tenant"), { ...common, errors: [{ message }] }));
    assert.deepEqual(statusOf(SYNC_SETS, "pods"), {});
  });

  test("of a Provider says whether it can be asked, and when that changed", async () => {
    const provider = (url: string): JsonObject => ({
      apiVersion: "externaldata.gatekeeper.sh/v1beta1",
      kind: "Provider",
      metadata: { name: "owners" },
      spec: { ...objectAt(OWNERS[0], ["spec"]), url },
    });
    api.apply(PROVIDERS, provider("https://elsewhere.example"));
    await replica("a", [OWNERS_ORIGIN]);
    const entry = (): JsonObject => Object(listAt(statusOf(PROVIDERS, "owners"), ["byPod"])[0]);
    await eventually(() => assert.equal(listAt(entry(), ["errors"]).length, 1));
    const { lastTransitionTime: _, errors, ...rest } = entry();
    assert.deepEqual(rest, {
      id: "a",
      providerUID: idOf(PROVIDERS, "owners"),
      operations: ["webhook"],
      observedGeneration: 1,
    });
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
    assert.match(stringAt(entry(), ["lastTransitionTime"]) ?? "", time);
    const { errorTimestamp, ...error } = Object(listAt({ errors }, ["errors"])[0]);
    assert.match(String(errorTimestamp), time);
    const message = "https://elsewhere.example is not among the providers that may be asked";
    assert.deepEqual(error, { type: "UpsertCache", message, retryable: true });
    api.apply(PROVIDERS, provider(`${OWNERS_ORIGIN}/ask`));
    await eventually(() => assert.equal(entry()["active"], true));
    assert.equal(entry()["errors"], undefined);
    assert.match(stringAt(entry(), ["lastCacheUpdateTime"]) ?? "", time);
  });

  test("has an entry for each replica, and none of replicas that are gone", async () => {
    for (const name of ["a", "b"]) api.apply(PODS, { metadata: { name, namespace: "redoubt-system" } });
    api.apply(TEMPLATES, { ...TEMPLATE, status: { byPod: [{ id: "gone" }, { id: "b" }, "odd"], auditTimestamp: "t" } });
    await replica("a");
    await replica("b");
    await eventually(() => {
      const entries = listAt(statusOf(TEMPLATES, "deniednames"), ["byPod"]);
      assert.deepEqual(
        entries.map((entry) => [stringAt(entry, ["id"]), Object(entry).observedGeneration]),
        [
          ["a", 1],
          ["b", 1],
        ],
      );
    });
    assert.equal(statusOf(TEMPLATES, "deniednames")["auditTimestamp"], "t");
    const writes = api.log.filter((line) => line.startsWith("PATCH")).length;
    assert.ok(writes >= 2 && writes < 10, `${writes} writes`);
  });

  test("loses the entry of a replica that goes although no policy changes, and nothing is written for looking", async () => {
    const replicas = (): readonly (string | undefined)[] =>
      listAt(statusOf(TEMPLATES, "deniednames"), ["byPod"]).map((entry) => stringAt(entry, ["id"]));
    const writes = (): number => api.log.filter((line) => line.startsWith("PATCH")).length;
    for (const name of ["a", "b"]) api.apply(PODS, { metadata: { name, namespace: "redoubt-system" } });
    api.apply(TEMPLATES, { ...TEMPLATE, status: { byPod: [{ id: "b" }] } });
    await replica("a");
    await eventually(() => assert.deepEqual(replicas(), ["a", "b"]));
    const looks = (): number => api.log.filter((line) => line.endsWith("/pods/b")).length;
    const [before, looked] = [writes(), looks()];
    await eventually(() => assert.ok(looks() > looked + 1));
    assert.equal(writes(), before);
    api.remove(PODS, "redoubt-system", "b");
    await eventually(() => assert.deepEqual(replicas(), ["a"]));
    assert.equal(writes(), before + 1);
  });
});
