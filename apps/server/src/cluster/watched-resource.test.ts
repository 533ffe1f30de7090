import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { type JsonObject, RedoubtError, type ServedResource, stringAt } from "@redoubt/kube";
import { eventually } from "../testing/eventually.ts";
import { FakeApiServer, status } from "../testing/fake-api-server.ts";
import { type WatchOptions, WatchedResource } from "./watched-resource.ts";

const PODS: ServedResource = { group: "", version: "v1", resource: "pods", kind: "Pod", namespaced: true };
const PATH = "/api/v1/pods";
const pod = (name: string, spec: JsonObject = {}): JsonObject => ({ metadata: { name, namespace: "team" }, spec });

suite("a watched resource", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  let running: Promise<void> = Promise.resolve();
  beforeEach(() => {
    api = new FakeApiServer([PATH]);
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  const watch = (options: WatchOptions = {}): WatchedResource => {
    const timing = { pauseMs: 1, longestPauseMs: 4 };
    const watched = new WatchedResource(api, PODS, { timing, ...options });
    running = watched.run(stop.signal);
    return watched;
  };
  const namesOf = ({ objects }: WatchedResource): readonly string[] =>
    objects.map((object) => stringAt(object, ["metadata", "name"]) ?? "").sort();

  test("has what there is, what comes, what changes, and not what goes", async () => {
    api.apply(PATH, pod("a"));
    const watched = watch();
    assert.equal(watched.isSynced, false);
    await watched.synced;
    assert.deepEqual(namesOf(watched), ["a"]);
    await eventually(() => assert.equal(api.watchersOf(PATH), 1));
    api.apply(PATH, pod("b"));
    api.apply(PATH, pod("a", { nodeName: "n" }));
    await eventually(() => assert.equal(stringAt(watched.get("team", "a"), ["spec", "nodeName"]), "n"));
    assert.deepEqual(namesOf(watched), ["a", "b"]);
    api.remove(PATH, "team", "b");
    await eventually(() => assert.deepEqual(namesOf(watched), ["a"]));
    assert.equal(stringAt(watched.get("team", "a"), ["kind"]), "Pod");
    assert.equal(stringAt(watched.get("team", "a"), ["apiVersion"]), "v1");
  });

  test("tells of the first list, of each change, and not of a list that says the same", async () => {
    const watched = watch();
    let told = 0;
    watched.onChange(() => (told += 1));
    await watched.synced;
    assert.equal(told, 1);
    await eventually(() => assert.equal(api.watchersOf(PATH), 1));
    api.event(PATH, "BOOKMARK", { metadata: { resourceVersion: "900" } });
    api.event(PATH, "ERROR", { code: 410, message: "too old resource version" });
    await eventually(() => assert.equal(api.log.filter((line) => line === `GET ${PATH}`).length, 2));
    assert.equal(told, 1);
    api.apply(PATH, pod("a"));
    await eventually(() => assert.equal(told, 2));
  });

  test("goes on where it was when a watch ends, and misses nothing", async () => {
    const watched = watch();
    await eventually(() => assert.equal(api.watchersOf(PATH), 1));
    api.apply(PATH, pod("a"));
    await eventually(() => assert.deepEqual(namesOf(watched), ["a"]));
    api.endWatches(PATH);
    api.apply(PATH, pod("b"));
    await eventually(() => assert.deepEqual(namesOf(watched), ["a", "b"]));
    assert.equal(api.log.filter((line) => line === `GET ${PATH}`).length, 1);
  });

  test("lists again after 410, and drops what went meanwhile", async () => {
    api.apply(PATH, pod("a"));
    const watched = watch();
    await eventually(() => assert.equal(api.watchersOf(PATH), 1));
    let gone = false;
    api.intercept = (method) => {
      if (method !== "WATCH" || gone) return undefined;
      gone = true;
      return status(410, "too old resource version");
    };
    api.endWatches(PATH);
    api.remove(PATH, "team", "a");
    api.apply(PATH, pod("b"));
    await eventually(() => assert.deepEqual(namesOf(watched), ["b"]));
    assert.equal(gone, true);
  });

  test("keeps what it has through failures, says why, and recovers", async () => {
    api.apply(PATH, pod("a"));
    const told: string[] = [];
    const watched = watch({ failed: ({ message }) => told.push(message) });
    await eventually(() => assert.equal(api.watchersOf(PATH), 1));
    api.intercept = (method) => (method === "WATCH" ? status(403, "pods is forbidden") : undefined);
    api.endWatches(PATH, new RedoubtError("KUBE_API_UNREACHABLE", "gone"));
    await eventually(() => assert.equal(watched.problem, "pods is forbidden"));
    await eventually(() => assert.ok(api.log.filter((line) => line.startsWith("WATCH")).length > 4));
    assert.deepEqual(told, ["pods: gone", "pods: pods is forbidden"]);
    assert.deepEqual(namesOf(watched), ["a"]);
    api.intercept = () => undefined;
    await eventually(() => assert.equal(watched.problem, undefined));
    api.apply(PATH, pod("b"));
    await eventually(() => assert.deepEqual(namesOf(watched), ["a", "b"]));
  });

  test("of a kind that is not served yet waits for it", async () => {
    api.intercept = (_, path) => (path === PATH ? status(404, "the server could not find the resource") : undefined);
    const watched = watch();
    await eventually(() => assert.match(watched.problem ?? "", /could not find/));
    assert.equal(watched.isSynced, false);
    api.intercept = () => undefined;
    await watched.synced;
    assert.equal(watched.problem, undefined);
  });

  for (const [note, line] of [
    ["no JSON", "{"],
    ["no event", "[]"],
    ["an event without an object", '{"type":"ADDED"}'],
    ["an event of an unknown type", '{"type":"RENAMED","object":{}}'],
  ] as const) {
    test(`takes ${note} in a watch as a failure, and goes on`, async () => {
      let sent = 0;
      api.intercept = (method) => {
        if (method !== "WATCH" || sent > 0) return undefined;
        sent += 1;
        return { status: 200, text: line };
      };
      const watched = watch();
      api.apply(PATH, pod("a"));
      await eventually(() => assert.equal(api.watchersOf(PATH), 1));
      assert.equal(sent, 1);
      assert.deepEqual(namesOf(watched), ["a"]);
    });
  }

  test("keeps only what it is told to keep", async () => {
    api.apply(PATH, {
      ...pod("a"),
      metadata: { name: "a", namespace: "team", managedFields: [{ manager: "kubectl" }] },
    });
    const watched = watch();
    await watched.synced;
    assert.equal(JSON.stringify(watched.objects).includes("managedFields"), false);
    stop.abort();
    await running;
    stop = new AbortController();
    const named = watch({ keep: ({ metadata }) => ({ metadata: metadata ?? null }) });
    await named.synced;
    assert.deepEqual(Object.keys(named.objects[0] ?? {}), ["metadata"]);
  });
});
