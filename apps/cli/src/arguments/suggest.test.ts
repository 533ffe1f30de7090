import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { suggest } from "./suggest.ts";

const WORDS = ["scan", "fix", "checklist", "explain", "controls", "completion", "POD-001", "POD-010"];

suite("what was meant", () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ["scna", "scan"],
    ["sacn", "scan"],
    ["Scan", "scan"],
    ["fxi", "fix"],
    ["explian", "explain"],
    ["check", "checklist"],
    ["contorls", "controls"],
    ["pod001", "POD-001"],
    ["deploy", undefined],
    ["", undefined],
    ["x", undefined],
  ];
  for (const [typed, expected] of table) {
    test(`"${typed}" is ${expected ?? "nothing known"}`, () => {
      assert.equal(suggest(typed, WORDS), expected);
    });
  }
});
