import assert from "node:assert/strict";
import { test } from "node:test";
import { runContinuity } from "./webhook-continuity.ts";

test("reloads, a rotation and a rolling restart under load: no request fails, no answer is wrong", async () => {
  const { answers, wrong, reloads, rotations } = await runContinuity({ reloads: 3, rate: 60 });
  assert.equal(wrong, 0);
  assert.ok(answers > 100, `${answers} answers`);
  assert.deepEqual({ reloads, rotations }, { reloads: 6, rotations: 2 });
});
