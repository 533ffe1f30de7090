import assert from "node:assert/strict";
import { test } from "node:test";
import { snapshotModel } from "./snapshot-model.ts";
import { ClusterSnapshot, type SnapshotGap } from "./snapshot.ts";

const GAP: SnapshotGap = { group: "", kind: "Secret", resource: "secrets", failure: "forbidden", message: "no" };

test("a model is built once, and its reads count for everyone who asks for it", () => {
  let built = 0;
  const inner = snapshotModel((snapshot) => {
    built += 1;
    return snapshot.list("Secret").length;
  });
  const outer = snapshotModel((snapshot) => inner(snapshot) + 1);
  const snapshot = new ClusterSnapshot({ source: "cluster", objects: [], gaps: [GAP] });
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(
      snapshot.gapsReadBy(() => void outer(snapshot)),
      [GAP],
    );
  }
  assert.equal(built, 1);
});

test("what was not read leaves no gap", () => {
  const snapshot = new ClusterSnapshot({ source: "cluster", objects: [], gaps: [GAP] });
  assert.deepEqual(
    snapshot.gapsReadBy(() => void snapshot.list("ConfigMap")),
    [],
  );
  assert.deepEqual(
    snapshot.gapsReadBy(() => void snapshot.objects),
    [GAP],
  );
});
