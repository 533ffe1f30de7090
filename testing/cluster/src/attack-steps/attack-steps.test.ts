import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { EDGE_KIND_NAMES } from "@redoubt/posture";
import { ATTACK_STEPS, NOT_TAKEN } from "./index.ts";
import { stepsPage, stepsPageFile } from "./steps-page.ts";

suite("steps that are taken on a real cluster", () => {
  const taken = new Set(ATTACK_STEPS.flatMap(({ kinds }) => kinds));

  for (const kind of EDGE_KIND_NAMES)
    test(`${kind} has a step that is taken and refused, or a reason why it is not`, () => {
      const reason = NOT_TAKEN[kind];
      assert.notEqual(taken.has(kind), reason !== undefined);
      if (reason !== undefined) assert.match(reason, /\S+ \S+ \S+/);
    });
  test("have names of their own, fit for a namespace", () => {
    const names = ATTACK_STEPS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z][a-z-]{0,50}[a-z]$/);
  });
  test("walk over the edges that they are about", () => {
    for (const { name, kinds, walk } of ATTACK_STEPS)
      assert.deepEqual(
        kinds.filter((kind) => !walk.includes(kind)),
        [],
        name,
      );
  });
  test("are listed in docs/attack-steps.md as they are (npm run generate writes it)", () => {
    assert.equal(readFileSync(stepsPageFile, "utf8"), stepsPage());
  });
});
