import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkModules } from "../check/index.ts";
import { parseModule } from "../syntax/parse-module.ts";
import { termText } from "../values/term-text.ts";
import { isDocument, planDocuments } from "./documents.ts";
import { indexRules, type RuleIndex } from "./rule-index.ts";

/** The index of the rule `x` of a policy, definitions by the line that they start on. */
function indexOf(policy: string): unknown {
  const { module } = parseModule(`package p\n${policy}`);
  assert.ok(module !== undefined);
  const { rules, errors } = checkModules([module]);
  assert.deepEqual(errors, []);
  const content = planDocuments(rules).children.values().next().value?.content;
  assert.ok(content !== undefined && !isDocument(content));
  const document = [...content.children.values()].find(({ key }) => key === "x")?.content;
  assert.ok(document !== undefined && isDocument(document));
  return shown(indexRules(document.chains));
}

function shown({ always, lookups }: RuleIndex): unknown {
  return [
    always.map(({ rule }) => rule.location.row),
    ...lookups.map(({ cases }) =>
      Object.fromEntries(
        [...cases].map(([value, index]) => [typeof value === "string" ? value : termText(value), shown(index)]),
      ),
    ),
  ];
}

suite("the index of a rule", () => {
  test("tries a few definitions one after the other", () => {
    assert.deepEqual(indexOf("x if input.a == 1\nx if input.a == 2\nx if input.a == 3"), [[2, 3, 4]]);
  });

  test("finds definitions by what they demand of the input, and always tries those that demand nothing", () => {
    const policy = [
      'x if input.a == "b"',
      'x if { "c" == input.a; input.d }',
      'x if { v := input.a; v == "d" }',
      "x if input.d",
      'x if not input.a == "e"',
    ];
    assert.deepEqual(indexOf(policy.join("\n")), [[5, 6], { b: [[2]], c: [[3]], d: [[4]] }]);
  });

  test("leaves out definitions with else, which may hold where the demand is not met", () => {
    const policy = ["x := 1 if input.a == 1", "else := 2", ...[2, 3, 4].map((n) => `x := ${n} if input.a == ${n}`)];
    assert.deepEqual(indexOf(policy.join("\n")), [[2], { 2: [[4]], 3: [[5]], 4: [[6]] }]);
  });

  test("tells many definitions of one value apart by another", () => {
    const policy = [1, 2, 3, 4].flatMap((m) => [1, 2, 3, 4, 5].map((n) => `x if { input.m == ${m}; input.n == ${n} }`));
    const expected = Object.fromEntries(
      [1, 2, 3, 4, 5].map((n) => [
        n,
        [[], Object.fromEntries([0, 1, 2, 3].map((m) => [m + 1, [[2 + 5 * m + n - 1]]]))],
      ]),
    );
    assert.deepEqual(indexOf(policy.join("\n")), [[], expected]);
  });
});
