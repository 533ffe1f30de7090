import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RedoubtError } from "../diagnostic.ts";
import { ClusterSnapshot } from "../snapshot.ts";
import { liveObject } from "./live-object.ts";
import { parseSnapshot, writeSnapshot } from "./snapshot-file.ts";

const ORIGIN = { context: "test", takenAt: "2026-01-02T03:04:05.000Z", version: "0.1.0" };
const VALUE = "c2VjcmV0";
const APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

const snapshot = new ClusterSnapshot({
  source: "cluster",
  objects: [
    liveObject(
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name: "database",
          namespace: "shop",
          uid: "u1",
          annotations: { [APPLIED]: JSON.stringify({ kind: "Secret", data: { password: VALUE } }) },
        },
        data: { password: VALUE },
        stringData: { token: VALUE },
      },
      "v1",
      "Secret",
      "Secret",
      "test",
    ),
    liveObject(
      { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "shop", uid: "u2" } },
      "v1",
      "Pod",
      "Pod",
      "test",
    ),
  ],
  diagnostics: [{ code: "KUBE_DISCOVERY", severity: "error", message: "a group is down", hint: "mend it" }],
  gaps: [{ group: "apps", kind: "Deployment", resource: "deployments", failure: "forbidden", message: "no" }],
});
const text = [...writeSnapshot(snapshot, ORIGIN)].join("");

suite("a snapshot file", () => {
  test("gives back objects, gaps, problems and where it was taken", () => {
    const { snapshot: read, origin } = parseSnapshot(text, "s.json");
    assert.deepEqual(origin, ORIGIN);
    assert.equal(read.source, "cluster");
    assert.deepEqual(read.gaps, snapshot.gaps);
    assert.deepEqual(read.diagnostics, snapshot.diagnostics);
    assert.deepEqual(read.list("Pod"), snapshot.list("Pod"));
    assert.equal(read.list("Secret")[0]?.origin.kind, "cluster");
  });

  test("never has a Secret's values, and keeps the keys that kubectl copied", () => {
    assert.ok(!text.includes(VALUE));
    const { snapshot: read } = parseSnapshot(text, "s.json");
    assert.equal(read.list("Secret")[0]?.annotations[APPLIED], '{"data":{"password":"(removed)"}}');
  });

  for (const [why, wrong] of [
    ["is not JSON", "{"],
    ["is something else", '{"kind":"Report"}'],
    ["is of another version", '{"apiVersion":"redoubt.dev/v9","kind":"Snapshot","items":[]}'],
    ["has no items", '{"apiVersion":"redoubt.dev/v1","kind":"Snapshot"}'],
    ["has an item that is no object", '{"apiVersion":"redoubt.dev/v1","kind":"Snapshot","items":[1]}'],
    ["has an item without a kind", '{"apiVersion":"redoubt.dev/v1","kind":"Snapshot","items":[{}]}'],
    ["was cut off", text.slice(0, -10)],
  ] as const) {
    test(`is refused when it ${why}`, () => {
      assert.throws(
        () => parseSnapshot(wrong, "s.json"),
        (error) => error instanceof RedoubtError && error.code === "SNAPSHOT_INVALID",
      );
    });
  }
});
