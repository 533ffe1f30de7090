import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compile } from "../program/program.ts";
import { parseModule } from "../syntax/parse-module.ts";
import type { Value } from "../values/value.ts";
import { Coverage, type CoverageRange } from "./coverage.ts";

const POLICY = `package p

allow if {
	some x in input.xs
	x == 1
} else := 2 if {
	input.y
}

never if [y | y := 1]
`;

function cover(policy: string, query: string, input: Value): ReturnType<Coverage["report"]> {
  const { module } = parseModule(policy, { file: "p.rego" });
  assert.ok(module !== undefined);
  const coverage = new Coverage();
  const prepared = compile({ modules: [module] }).prepare(query, { observed: true });
  prepared.observer = coverage;
  prepared.evaluate(input);
  return coverage.report([module]);
}

function rowsOf(ranges: readonly CoverageRange[] = []): readonly number[] {
  return [...new Set(ranges.flatMap(({ start, end }) => [start.row, end.row]))];
}

suite("coverage", () => {
  test("counts rules that have a result and expressions that are tried", () => {
    const { files, coveredLines, notCoveredLines, coverage } = cover(POLICY, "data.p.allow", { xs: [1] });
    const file = files.get("p.rego");
    assert.deepEqual(rowsOf(file?.covered), [3, 4, 5]);
    assert.deepEqual(rowsOf(file?.notCovered), [6, 7, 10]);
    assert.deepEqual([coveredLines, notCoveredLines, coverage], [3, 3, 50]);
  });
  test("of a rule that does not hold the head is not covered", () => {
    const file = cover(POLICY, "data.p.allow", { xs: [2], y: true }).files.get("p.rego");
    assert.deepEqual(rowsOf(file?.notCovered), [3, 10]);
  });
  test("a file that nothing used is all not covered", () => {
    const { coverage, files } = cover(POLICY, "1 == 1", {});
    assert.deepEqual([coverage, files.get("p.rego")?.covered], [0, []]);
  });
  test("a file without rules has nothing to cover", () => {
    assert.deepEqual(cover("package p", "1 == 1", {}).coverage, 0);
  });
  test("columns count characters, and end after the last", () => {
    const file = cover('package p\n\nx if "é😀" == "a"\n', "data.p.x", {}).files.get("p.rego");
    assert.deepEqual(file?.covered, [{ start: { row: 3, col: 6 }, end: { row: 3, col: 17 } }]);
  });
});
