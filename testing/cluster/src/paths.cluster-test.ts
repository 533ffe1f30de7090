/**
 * Steps of attack paths, taken on a real cluster with a node (`attack-steps/`). Each is staged twice, open and mitigated. The graph of
 * the live cluster must have the way from the attacker's position to what it gains, with its proofs, and must have none where that is
 * mitigated; then the attempt itself must get what the graph says, and be refused.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { connect, loadLiveSnapshot, snapshotFromText } from "@redoubt/kube";
import { type AttackGraph, type EdgeKind, attackGraph } from "@redoubt/posture";
import { AttackLab } from "./attack-lab.ts";
import { type AttackStep, type Scene, type Treasure, attackerOf } from "./attack-steps/attack-step.ts";
import { ESCAPES_IMAGE, findEscapes } from "./attack-steps/escape-steps.ts";
import { GraphWalks } from "./attack-steps/graph-walks.ts";
import { ATTACK_STEPS } from "./attack-steps/index.ts";
import type { ControlPlane } from "./control-plane.ts";
import { type ClusterWithNode, startClusterWithNode, whyNoNode } from "./node.ts";

/** How many stages are set, and attempts made, at a time. */
const AT_A_TIME = 6;

/** Kinds that no object need say: they follow from the position that they start at. */
const FOLLOW_BY_THEMSELVES: ReadonlySet<EdgeKind> = new Set<EdgeKind>([
  "all-rights",
  "anonymous-access",
  "member-of",
  "mount-secret",
  "pods-beside",
  "run-as-account",
  "use-power",
]);

function namespaceOf({ name }: AttackStep, mitigated: boolean): string {
  return `${name}${mitigated ? "-mitigated" : ""}`;
}

/** Writes a file that only root of the machine, which the node is, can read. */
function hideTreasure({ folder }: ControlPlane): Treasure {
  const treasure = { path: join(folder, "treasure"), text: randomBytes(8).toString("hex") };
  writeFileSync(treasure.path, `${treasure.text}\n`, { mode: 0o600 });
  return treasure;
}

/** Sets every stage, some at a time; one that fails is told by the tests that need it. */
async function setStages(cluster: ClusterWithNode, treasure: Treasure): Promise<ReadonlyMap<string, Promise<Scene>>> {
  const scenes = new Map<string, Promise<Scene>>();
  const waiting = ATTACK_STEPS.flatMap((step) =>
    step.unavailable?.() === undefined ? [false, true].map((mitigated) => ({ step, mitigated })) : [],
  );
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { step, mitigated } = next;
      const scene = setStage(cluster, treasure, step, mitigated);
      scenes.set(namespaceOf(step, mitigated), scene);
      await scene.catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return scenes;
}

async function setStage(
  cluster: ClusterWithNode,
  treasure: Treasure,
  step: AttackStep,
  mitigated: boolean,
): Promise<Scene> {
  const namespace = namespaceOf(step, mitigated);
  const lab = await AttackLab.create(cluster.plane, namespace, step.setup(mitigated, namespace));
  const scene = { cluster, lab, mitigated, treasure };
  await step.stage?.(scene);
  return scene;
}

async function graphOf({ kubeconfig }: ControlPlane): Promise<AttackGraph> {
  const connection = await connect({ kubeconfig });
  try {
    return attackGraph(await loadLiveSnapshot(connection, {}));
  } finally {
    connection.close();
  }
}

suite("steps of attack paths, taken", { skip: whyNoNode() ?? false, concurrency: AT_A_TIME }, () => {
  let cluster: ClusterWithNode;
  let live: AttackGraph;
  let scenes: ReadonlyMap<string, Promise<Scene>>;

  before(async () => {
    cluster = await startClusterWithNode();
    const escapes = findEscapes();
    if (escapes !== undefined) cluster.addImage(ESCAPES_IMAGE, ["/bin/sh"], { escapes });
    scenes = await setStages(cluster, hideTreasure(cluster.plane));
    live = await graphOf(cluster.plane);
  });
  after(() => cluster.stop());

  async function sceneOf(step: AttackStep, mitigated: boolean): Promise<Scene> {
    const scene = scenes.get(namespaceOf(step, mitigated));
    assert.ok(scene);
    return scene;
  }

  function walksOf(step: AttackStep, scene: Scene): GraphWalks {
    if (step.manifests === undefined) return new GraphWalks(live);
    const documents = step.manifests(scene).map((object) => JSON.stringify(object));
    return new GraphWalks(attackGraph(snapshotFromText(documents.join("\n---\n"))));
  }

  for (const step of ATTACK_STEPS) {
    const skip = step.unavailable?.() ?? false;
    const { from = attackerOf, to } = step;

    test(`${step.kinds.join(", ")}: ${step.does}`, { skip }, async () => {
      const scene = await sceneOf(step, false);
      const walk = walksOf(step, scene).find(from(scene.lab), step.walk, to(scene.lab));
      assert.ok(walk, `the graph leads from ${from(scene.lab)} to ${to(scene.lab)} by ${step.walk.join(", ")}`);
      for (const { kind, proof } of walk)
        if (!FOLLOW_BY_THEMSELVES.has(kind)) assert.ok(proof.length > 0, `${kind} has a proof`);
      assert.deepEqual(await step.attempt(scene), { got: step.gets(scene) });
    });

    test(`${step.kinds.join(", ")}: not where ${step.mitigation}`, { skip }, async () => {
      const scene = await sceneOf(step, true);
      const walks = walksOf(step, scene);
      assert.ok(!walks.reaches(from(scene.lab), to(scene.lab)), "the graph leads there by no way at all");
      if (step.stoppedBy !== undefined)
        assert.ok(walks.stoppedAfter(from(scene.lab), step.walk).some((by) => step.stoppedBy?.test(by)));
      const outcome = await step.attempt(scene);
      assert.match("refused" in outcome ? outcome.refused : `got ${outcome.got}`, step.refusal);
    });
  }
});
