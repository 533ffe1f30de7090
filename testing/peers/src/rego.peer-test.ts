/** packages/rego held against real OPA on generated programs. `npm run fuzz` runs more of them, of any seed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findOpaRunner } from "./opa-runner.ts";
import { fuzz } from "./rego-fuzz/fuzz.ts";

const SEED = 20_261_124;
const PROGRAMS = 300;

test(`our engine agrees with OPA on ${PROGRAMS} programs (seed ${SEED})`, async (context) => {
  if (findOpaRunner() === undefined) {
    context.skip("OPA is built with Go, which is missing here");
    return;
  }
  const lines: string[] = [];
  const found = await fuzz({
    seed: SEED,
    programs: PROGRAMS,
    shrunk: 3,
    wording: false,
    report: (line) => lines.push(line),
  });
  assert.ok(found !== undefined && found.results > PROGRAMS, "programs must have results to compare");
  assert.equal(found.different, 0, lines.join("\n"));
});
