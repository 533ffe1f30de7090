import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { type JsonObject, listAt, objectAt, stringAt } from "@redoubt/kube";
import { PolicyStore } from "../policies/policy-store.ts";
import { eventually } from "../testing/eventually.ts";
import { FakeApiServer } from "../testing/fake-api-server.ts";
import { TEMPLATE, constraint } from "../testing/policies.ts";
import { DEFINITIONS_PATH } from "./definitions.ts";
import { GatekeeperSource } from "./gatekeeper-source.ts";
import { StatusWriter } from "./status-writer.ts";

const TEMPLATES = "/apis/templates.gatekeeper.sh/v1/constrainttemplates";
const CONSTRAINTS = "/apis/constraints.gatekeeper.sh/v1beta1/deniednames";
const ASSIGN = "/apis/mutations.gatekeeper.sh/v1/assign";
const PODS = "/api/v1/pods";

suite("the status of Gatekeeper's objects", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  beforeEach(() => {
    api = new FakeApiServer([TEMPLATES, CONSTRAINTS, ASSIGN, PODS, DEFINITIONS_PATH]);
    stop = new AbortController();
    api.apply(DEFINITIONS_PATH, {
      metadata: { name: "deniednames.constraints.gatekeeper.sh", labels: { "gatekeeper.sh/constraint": "yes" } },
      status: { conditions: [{ type: "Established", status: "True" }] },
    });
  });
  afterEach(() => stop.abort());

  const replica = async (pod: string): Promise<void> => {
    const watch = { timing: { pauseMs: 1, longestPauseMs: 4 } };
    const source = new GatekeeperSource(api, { watch, delayMs: 1 });
    const store = new PolicyStore([source]);
    const operations = ["webhook"];
    const writer = new StatusWriter(api, source, store, { pod, podNamespace: "redoubt-system", operations });
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
      });
    }
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
});
