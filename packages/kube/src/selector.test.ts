import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { LabelSelector } from "./gen/types.ts";
import { labelSelectorProblems, matchesLabelSelector } from "./selector.ts";
import { parseLabelSelector } from "./selector-text.ts";

const labels = { app: "web", tier: "front", "example.com/x": "", version: "12" };

suite("label selectors match as the API server has it", () => {
  const table: readonly [string, LabelSelector | undefined, boolean][] = [
    ["no selector", undefined, false],
    ["an empty selector", {}, true],
    ["an equal label", { matchLabels: { app: "web" } }, true],
    ["another value", { matchLabels: { app: "db" } }, false],
    ["an empty value", { matchLabels: { "example.com/x": "" } }, true],
    ["an absent label", { matchLabels: { nope: "" } }, false],
    [
      "a name that every JavaScript object has",
      { matchExpressions: [{ key: "constructor", operator: "Exists" }] },
      false,
    ],
    ["In", { matchExpressions: [{ key: "app", operator: "In", values: ["db", "web"] }] }, true],
    ["In without the label", { matchExpressions: [{ key: "nope", operator: "In", values: ["web"] }] }, false],
    ["In without values", { matchExpressions: [{ key: "app", operator: "In" }] }, false],
    ["NotIn", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    ["NotIn without the label", { matchExpressions: [{ key: "nope", operator: "NotIn", values: ["web"] }] }, true],
    ["NotIn without values", { matchExpressions: [{ key: "nope", operator: "NotIn", values: [] }] }, false],
    ["Exists", { matchExpressions: [{ key: "tier", operator: "Exists" }] }, true],
    ["Exists with values", { matchExpressions: [{ key: "tier", operator: "Exists", values: ["x"] }] }, false],
    ["DoesNotExist", { matchExpressions: [{ key: "nope", operator: "DoesNotExist" }] }, true],
    ["an unknown operator", { matchExpressions: [{ key: "tier", operator: "exists" }] }, false],
    [
      "both kinds of terms, one false",
      { matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] },
      false,
    ],
  ];
  for (const [title, selector, expected] of table) {
    test(`${title}: ${expected}`, () => assert.equal(matchesLabelSelector(selector, labels), expected));
  }
});

test("what the API server refuses is told with its field", () => {
  const problems = labelSelectorProblems({
    matchLabels: { "a/b/c": "x", ok: "-bad" },
    matchExpressions: [
      { key: "k", operator: "In" },
      { key: "k", operator: "Exists", values: ["v"] },
      { key: "", operator: "Is" },
    ],
  });
  assert.deepEqual(
    problems.map(({ path }) => path.join(".")),
    [
      "matchLabels.a/b/c",
      "matchLabels.ok",
      "matchExpressions.0.values",
      "matchExpressions.1.values",
      "matchExpressions.2.operator",
      "matchExpressions.2.key",
      "matchExpressions.2.key",
    ],
  );
  assert.deepEqual(labelSelectorProblems({ matchLabels: { "example.com/a": "b" } }), []);
});

suite("the text of -l selects as kubectl does", () => {
  const table: readonly [string, boolean][] = [
    ["", true],
    ["app=web", true],
    ["app==web,tier=front", true],
    ["app = web , tier", true],
    ["app!=web", false],
    ["nope!=web", true],
    ["app in (db, web)", true],
    ["app notin (db,web)", false],
    ["nope notin (db)", true],
    ["!nope", true],
    ["! app", false],
    ["example.com/x=", true],
    ["example.com/x in (,a)", true],
    ["version>11", true],
    ["version<12", false],
    ["app>1", false],
    ["in in (in)", false],
    ["notin", false],
    ["app=in", false],
  ];
  for (const [text, expected] of table) {
    test(`"${text}": ${expected}`, () => {
      const selector = parseLabelSelector(text);
      assert.ok(selector.kind === "selector", selector.kind === "error" ? selector.message : "");
      assert.equal(selector.matches(labels), expected);
    });
  }
});

suite("a mistake in -l is told with its place", () => {
  const table: readonly [string, number][] = [
    ["app=web,", 8],
    [",app", 0],
    ["app=web tier", 8],
    ["app in web", 7],
    ["app in (web", 11],
    ["app web", 4],
    ["=web", 0],
    ["app=-web", 4],
    ["a/b/c=d", 0],
    ["app>x", 4],
    ["app=(", 4],
    ["!", 1],
  ];
  for (const [text, offset] of table) {
    test(`"${text}" at ${offset}`, () => {
      const selector = parseLabelSelector(text);
      assert.equal(selector.kind, "error");
      if (selector.kind === "error") assert.equal(selector.offset, offset, selector.message);
    });
  }
});
