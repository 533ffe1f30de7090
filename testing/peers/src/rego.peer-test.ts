/** packages/rego held against real OPA on generated programs and calls. `npm run fuzz` runs more of them, of any seed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findOpaRunner } from "./opa-runner.ts";
import { fuzzBuiltins } from "./builtin-fuzz/builtin-fuzz.ts";
import { fuzz } from "./rego-fuzz/fuzz.ts";

const SEED = 20_261_124;
const PROGRAMS = 300;
const CALLS = 6000;

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

test(`every builtin does what OPA's does in ${CALLS} calls (seed ${SEED})`, async (context) => {
  if (findOpaRunner() === undefined) {
    context.skip("OPA is built with Go, which is missing here");
    return;
  }
  const lines: string[] = [];
  const report = (line: string): number => lines.push(line);
  const found = await fuzzBuiltins({ seed: SEED, calls: CALLS, shown: 2, report });
  assert.ok(found !== undefined && found.results > CALLS / 2, "calls must have results to compare");
  assert.equal(found.different, 0, lines.join("\n"));
});
