import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseModule } from "../syntax/parse-module.ts";
import { checkModules } from "./check-modules.ts";

function hintOf(rule: string): string | undefined {
  const { module } = parseModule(`package p\n${rule}`);
  assert.ok(module !== undefined);
  const [error] = checkModules([module]).errors;
  return error?.hint;
}

suite("what may have been meant by a function that does not exist", () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['x := starts_with("a", "b")', "did you mean startswith?"],
    ['x := endsWith("a", "b")', "did you mean endswith?"],
    ["x := len([1])", "did you mean count?"],
    ['x := regexmatch("a", "b")', "did you mean regex.match?"],
    ['x := sprintff("%v", [1])', "did you mean sprintf?"],
    ['x := json.parse("1")', "did you mean json.unmarshal?"],
    ["is_ok(y) := y\nx := is_okk(1)", "did you mean is_ok?"],
    ["is_ok(y) := y\nx := data.p.is_okk(1)", "did you mean data.p.is_ok?"],
    ["x := wholly_unlike_anything_known(1)", undefined],
    ["x := data.p.nothing_of_the_kind_here(1)", undefined],
  ];
  for (const [rule, hint] of table) {
    test(rule, () => {
      assert.equal(hintOf(rule), hint);
    });
  }
});

suite("what to do about a variable without a value", () => {
  test("under `not`", () => {
    assert.match(hintOf("x if not input.xs[_] == 1") ?? "", /^`not` finds no values: name the elements to go through/);
    assert.match(hintOf("x if not input.xs[i] == 1") ?? "", /^`not` finds no values: name i /);
  });
  test("elsewhere the expression that needs it is named", () => {
    assert.equal(hintOf("x if y == 1"), "`y == 1` needs a value for y, and nothing gives it one");
    assert.equal(hintOf("x := y"), "nothing gives y a value");
  });
  test("a name close to that of a rule or an import is taken for it", () => {
    assert.equal(hintOf("x if user[0]\nusers := [1]"), "did you mean users?");
    assert.equal(hintOf("import data.lib.helpers\nx := helper.y"), "did you mean helpers?");
  });
});

test("what is right has no errors", () => {
  assert.deepEqual(checkModules([]).errors, []);
});
