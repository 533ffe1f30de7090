import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LARGE, SMALL, generatedCluster } from "../testing/generated-cluster.ts";
import type { Remedy } from "./attack-graph.ts";
import { attackGraph } from "./build-graph.ts";
import { cutPaths } from "./cut.ts";
import { findPaths } from "./find-paths.ts";
import { cheapestHittingSet } from "./hitting-set.ts";
import { applyRemedies, remedyCost, remedyKey } from "./remedies.ts";
import { ClusterSnapshot, snapshotFromText, stringAt } from "@redoubt/kube";
import { accessIndex } from "@redoubt/rbac";
import { escapesOf } from "./container-escapes.ts";
import { placesOf } from "./places.ts";

/** Few enough to try every set of them. */
const MOST_REMEDIES = 12;

function remediesOf(snapshot: ClusterSnapshot): readonly { readonly remedy: Remedy; readonly cost: number }[] {
  const refused = (namespace: string): number =>
    placesOf(snapshot)
      .workloadsIn(namespace)
      .filter((workload) => escapesOf(workload, accessIndex(snapshot)).length > 0).length;
  const onPaths = usefulRemedies(snapshot);
  return [...onPaths.values()].map((remedy) => ({ remedy, cost: remedyCost(remedy, refused) }));
}

/** Every remedy of the graph, each once. */
function usefulRemedies(snapshot: ClusterSnapshot): ReadonlyMap<string, Remedy> {
  return new Map(
    attackGraph(snapshot).edges.flatMap(({ remedies }) =>
      remedies.map((remedy) => [remedyKey(remedy), remedy] as const),
    ),
  );
}

/** The least that any set of remedies costs after which a search of the changed snapshot finds nothing that can be cut. */
function cheapestByTrying(snapshot: ClusterSnapshot, below: number, uncuttable: ReadonlySet<string>): number {
  const remedies = remediesOf(snapshot);
  let cheapest = below;
  const tryFrom = (at: number, chosen: readonly Remedy[], cost: number): void => {
    if (cost >= cheapest) return;
    const open = findPaths(applyRemedies(snapshot, chosen)).paths.some(
      ({ start, goalKind }) => !uncuttable.has(`${start} ${goalKind}`),
    );
    if (!open) {
      cheapest = cost;
      return;
    }
    for (const [offset, next] of remedies.slice(at).entries())
      tryFrom(at + offset + 1, [...chosen, next.remedy], cost + next.cost);
  };
  tryFrom(0, [], 0);
  return cheapest;
}

/** The objects as a cluster gives them: by the uid that their text says. */
function asInCluster(text: string): ClusterSnapshot {
  const objects = snapshotFromText(text).objects.map((object) => ({
    ...object,
    origin: {
      kind: "cluster" as const,
      context: "test",
      uid: stringAt(object.value, ["metadata", "uid"]) ?? "",
      resourceVersion: "1",
    },
  }));
  return new ClusterSnapshot({ objects, source: "cluster" });
}

suite("cutting all paths", () => {
  test("changes a controller's template, and its Pods follow", () => {
    const spec = `spec:
  serviceAccountName: app
  volumes: [{ name: v, hostPath: { path: /etc } }]
  containers: [{ name: c, image: example.com/c:1, volumeMounts: [{ name: v, mountPath: /v }], securityContext: { privileged: true, capabilities: { add: [SYS_ADMIN] } } }]`;
    const owned = (name: string, kind: string, uid: string): string =>
      `{ name: ${name}, namespace: shop, uid: ${name}, labels: { app: web }, ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${uid}, uid: ${uid}, controller: true }] }`;
    const template = `template:\n    metadata: { labels: { app: web } }\n    ${spec.replaceAll("\n", "\n    ")}`;
    const snapshot = asInCluster(`
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web, namespace: shop, uid: web }
spec:
  selector: { matchLabels: { app: web } }
  ${template}
---
apiVersion: v1
kind: Pod
metadata: ${owned("web-1", "DaemonSet", "web")}
${spec}
  nodeName: one
---
apiVersion: v1
kind: Node
metadata: { name: one }
`);
    const cut = cutPaths(snapshot, { goals: ["node"] });
    assert.equal(cut.remedies.length, 3);
    for (const { remedy } of cut.remedies) assert.match(remedyKey(remedy), /^harden DaemonSet shop\/web/);
    assert.deepEqual(cut.left, []);
    assert.equal(cut.cost, cut.lowerBound);
  });
  test("leaves none in 200 generated clusters, within the bound", () => {
    let exact = 0;
    let withPaths = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const snapshot = generatedCluster(seed, seed % 4 === 0 ? LARGE : SMALL);
      const cut = cutPaths(snapshot);
      assert.deepEqual(cut.left, [], `seed ${seed}`);
      assert.ok(cut.lowerBound <= cut.cost, `seed ${seed}`);
      if (cut.lowerBound === cut.cost) exact += 1;
      if (findPaths(snapshot).paths.length > 0) withPaths += 1;
    }
    assert.ok(withPaths > 120, `only ${withPaths} clusters had paths`);
    assert.ok(exact > 190, `only ${exact} cuts were proved to be the cheapest`);
  });

  test("costs what the cheapest of all sets costs, tried one by one on small clusters", () => {
    let compared = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const snapshot = generatedCluster(seed, SMALL);
      const cut = cutPaths(snapshot);
      if (cut.cost === 0 || remediesOf(snapshot).length > MOST_REMEDIES) continue;
      const uncuttable = new Set(cut.uncuttable.map(({ start, goal }) => `${start} ${goal}`));
      assert.equal(cut.cost, cheapestByTrying(snapshot, cut.cost + 1, uncuttable), `seed ${seed}`);
      compared += 1;
    }
    assert.ok(compared > 55, `only ${compared} clusters were small enough`);
  });
});

suite("hitting sets", () => {
  test("are the cheapest there is, within the steps", () => {
    let state = 7;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    for (let round = 0; round < 200; round += 1) {
      const weights = Array.from({ length: 8 }, () => 1 + random(4));
      const sets = Array.from({ length: 1 + random(9) }, () => Array.from({ length: 1 + random(4) }, () => random(8)));
      let cheapest = Infinity;
      for (let bits = 0; bits < 2 ** 8; bits += 1) {
        if (!sets.every((set) => set.some((element) => ((bits >> element) & 1) === 1))) continue;
        cheapest = Math.min(
          cheapest,
          weights.reduce((sum, weight, element) => sum + (((bits >> element) & 1) === 1 ? weight : 0), 0),
        );
      }
      const result = cheapestHittingSet(sets, weights);
      assert.equal(result.cost, cheapest);
      assert.equal(result.lowerBound, cheapest);
    }
  });

  test("come with an honest bound when the steps do not suffice", () => {
    const sets = Array.from({ length: 30 }, (_, at) => [at % 15, (at * 7 + 3) % 15, (at * 4 + 1) % 15]);
    const weights = Array.from({ length: 15 }, (_, at) => 2 + (at % 3));
    const cheapest = cheapestHittingSet(sets, weights).cost;
    const hurried = cheapestHittingSet(sets, weights, 1);
    assert.ok(hurried.lowerBound <= cheapest && cheapest <= hurried.cost);
    assert.ok(sets.every((set) => set.some((element) => hurried.chosen.includes(element))));
  });

  test("of nothing is nothing", () => {
    assert.deepEqual(cheapestHittingSet([], []), { chosen: [], cost: 0, lowerBound: 0 });
  });
});
