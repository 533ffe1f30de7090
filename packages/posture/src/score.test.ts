import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CHECKLIST_ITEMS, evaluate } from "@redoubt/control";
import {
  type Artifact,
  ClusterSnapshot,
  type KubeObject,
  kindKey,
  loadSnapshot,
  snapshotFromText,
  toWorkload,
} from "@redoubt/kube";
import { assess } from "./assess.ts";
import { catalogue } from "./catalogue.ts";

const options = { time: "2026-11-24T00:00:00Z", version: "0.1.0", annotations: false };
const exact = (snapshot: ClusterSnapshot): number =>
  assess(snapshot, options).score.items.reduce((sum, { points }) => sum + points, 0);

/** Kinds that stand for one another: a score cannot tell a cluster without Deployments from one whose Deployments were left out. */
function groupOf(object: KubeObject<object> | Artifact): string {
  if (object.type === "artifact") return object.artifact === "rego" ? "policies" : object.artifact;
  if (object.kind === "ConstraintTemplate") return "policies";
  if (toWorkload(object) !== undefined) return "workloads";
  if (object.group === "rbac.authorization.k8s.io") return "roles and bindings";
  return kindKey(object.group, object.kind);
}

function without(snapshot: ClusterSnapshot, left: ReadonlySet<string>): ClusterSnapshot {
  const stays = (resource: KubeObject<object> | Artifact): boolean => !left.has(groupOf(resource));
  return new ClusterSnapshot({ objects: snapshot.objects.filter(stays), artifacts: snapshot.artifacts.filter(stays) });
}

const guide = fileURLToPath(new URL("../../../examples/guide/", import.meta.url));
const names = [...new Set(["insecure", "hardened"].flatMap((folder) => readdirSync(join(guide, folder))))].sort();
/** The guide's app, each file of it insecure or hardened. */
function app(insecure: (name: string, index: number) => boolean): Promise<ClusterSnapshot> {
  const paths = names.map((name, index) => {
    const [first, second] = insecure(name, index) ? ["insecure", "hardened"] : ["hardened", "insecure"];
    const file = join(guide, first, name);
    return existsSync(file) ? file : join(guide, second, name);
  });
  return loadSnapshot({ paths });
}

const inputs: readonly (readonly [string, ClusterSnapshot])[] = [
  ["the insecure app", await app(() => true)],
  ["the app, insecure by turns", await app((_, index) => index % 2 === 0)],
  ["the app, hardened by turns", await app((_, index) => index % 2 === 1)],
  ["the app with insecure workloads", await app((name) => name === "workloads.yaml")],
  ["the app with insecure access", await app((name) => name === "rbac.yaml")],
  ["the hardened app", await app(() => false)],
];

suite("the score", () => {
  test("is 0 for nothing", () => {
    const { score: nothing } = assess(snapshotFromText(""), options);
    assert.equal(nothing.value, 0);
    assert.equal(nothing.coverage, 0);
    assert.deepEqual(
      nothing.items.map(({ item }) => item),
      [...CHECKLIST_ITEMS],
    );
  });

  test("gives each item at most ten points and never reaches 100 by files alone", async () => {
    const { score: best } = assess(await app(() => false), options);
    for (const { item, points, judged } of best.items)
      assert.ok(points >= 0 && points <= judged + 1e-9 && judged <= 10, item);
    assert.ok(best.value < 100);
  });

  test("counts the whole catalogue, also when fewer controls run", async () => {
    const snapshot = await app(() => false);
    const few = assess(snapshot, { ...options, controls: catalogue.slice(0, 5) });
    assert.ok(few.score.value < assess(snapshot, options).score.value);
  });

  test("tells the insecure app from the hardened one", () => {
    const [insecure, hardened] = [inputs.at(0), inputs.at(-1)].map((input) => exact(input?.[1] ?? assert.fail()));
    assert.ok((hardened ?? 0) >= (insecure ?? 100) + 20, `${insecure} and ${hardened}`);
  });

  for (const [name, snapshot] of inputs) {
    test(`of ${name} is not raised by leaving out a kind of input`, () => {
      const whole = exact(snapshot);
      for (const group of new Set([...snapshot.objects, ...snapshot.artifacts].map(groupOf))) {
        const left = exact(without(snapshot, new Set([group])));
        assert.ok(left <= whole + 1e-9, `without ${group}: ${left} instead of ${whole}`);
      }
    });

    test(`of ${name} is not raised by leaving out all that an item of the checklist looks at`, () => {
      const whole = exact(snapshot);
      const { results } = evaluate(catalogue, snapshot);
      for (const item of CHECKLIST_ITEMS) {
        const own = results.filter(({ control }) => control.item === item);
        const judged = own.flatMap(({ passed, findings }) => [
          ...passed,
          ...findings.flatMap(({ resource }) => resource ?? []),
        ]);
        const left = exact(without(snapshot, new Set(judged.map(groupOf))));
        assert.ok(left <= whole + 1e-9, `without ${item}: ${left} instead of ${whole}`);
      }
    });
  }
});
