import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EvaluationError } from "../runtime/errors.ts";
import type { Value } from "../values/value.ts";
import { compile } from "./program.ts";

/** What a query gives, or the first line of the error that ends it. */
function outcome(policy: string, input: Value = {}, strictErrors = false): unknown {
  const data = { base: { list: ["first"], off: false } };
  const query = compile({ modules: { "p.rego": `package p\n${policy}` }, data }).prepare("data.p.result");
  try {
    return query.evaluate(input, { strictErrors })[0]?.expressions[0]?.value;
  } catch (error) {
    assert.ok(error instanceof EvaluationError);
    return error.message
      .split("\n", 1)
      .join("")
      .replace(/ produced conflicting values.*/, "");
  }
}

const TWO = "one := 1\none := 2\nother := 1\nother := 2\n";

suite("of two errors, the one is told that OPA meets", () => {
  const cases: readonly (readonly [name: string, policy: string, expected: unknown])[] = [
    ["the later of two rules that conflict", `${TWO}result if { one; other }`, "rule data.p.other"],
    [
      "a conflict of the rule that goes on with the first value",
      `${TWO}result := input.xs[_] if one`,
      "rule data.p.result",
    ],
    [
      "that of a definition, before those behind it are looked at",
      `${TWO}result := 1 if one\nresult := 2`,
      "rule data.p.one",
    ],
    [
      "what ends a round of a loop, before the next round",
      `${TWO}result if { some x in [1, 2]; one; x == 2; other }`,
      "rule data.p.one",
    ],
    ["what a negation meets, before what comes after it", `${TWO}result if { not one == 3; other }`, "rule data.p.one"],
    ["what a comprehension meets", `${TWO}result := [[x | x := one], other]`, "rule data.p.one"],
    [
      "of a set, what its first definition meets",
      `${TWO}result contains 1 if one\nresult contains 2 if other`,
      "rule data.p.one",
    ],
    ["of a function, what its caller meets", `${TWO}f(x) := 1\nf(x) := 2\nresult if { f(1); one }`, "rule data.p.one"],
    [
      "that of the first value, though a later definition fails",
      `${TWO}r := 1\nr := 2 if other\nresult if { r; one }`,
      "rule data.p.one",
    ],
    ["that of a rule where `else` would not help", `${TWO}result if { one == 3 } else := 4`, "rule data.p.one"],
  ];
  for (const [name, policy, expected] of cases) {
    test(name, () => assert.deepEqual(outcome(policy, { xs: ["a", "b"] }), expected));
  }
});

test("the keys of an object are come to in order, so that what fails later is not seen", () => {
  const policy = `${TWO}result if { every v in input { v != 1; one } }`;
  assert.equal(outcome(policy, { z: "a", b: 1 }), undefined);
  assert.equal(outcome(policy, { a: "a", b: 1 }), "rule data.p.one");
});

suite("what fails under one key of a rule is not seen under another", () => {
  const cases: readonly (readonly [name: string, policy: string, expected: unknown])[] = [
    ["of an object", `${TWO}r["a"] := one\nr["b"] := 5\nresult := r[input.key]`, 5],
    ["of a set", `${TWO}r contains "a" if one\nr contains "b"\nresult := r[input.key]`, "b"],
    [
      "of an object whose keys disagree",
      `r[k] := v if { k := "a"; some v in [1, 2] }\nr["b"] := 5\nresult := r[input.key]`,
      5,
    ],
    ["but it is under its own", `${TWO}r["b"] := one\nresult := r[input.key]`, "rule data.p.one"],
    [
      "of a later key of a path",
      `r["x"][k] := v if { k := "a"; some v in [1, 2] }\nr[p]["b"] := 5 if p := "x"\nresult := r[input.key].b`,
      5,
    ],
    [
      "but it is with a first key that is open",
      `r[p]["b"] := 5 if p := "x"\nr[p][k] := v if { p := "x"; k := "a"; some v in [1, 2] }\nresult := r[_].b`,
      "object keys must be unique",
    ],
    [
      "of rules that are walked over",
      `q[1][k] := v if { k := "a"; some v in [1, 2] }\nq[2][k] := 5 if k := "b"\nresult := q[_].b`,
      5,
    ],
    ["and in the whole", `${TWO}r["a"] := one\nr["b"] := 5\nresult := r`, "rule data.p.one"],
  ];
  for (const [name, policy, expected] of cases) {
    test(name, () => assert.deepEqual(outcome(policy, { key: policy.includes(".b") ? "x" : "b" }), expected));
  }
  test("nor does a builtin that fails, where that is fatal", () => {
    const policy = 'r[k] := to_number("x") if k = "a"\nr["b"] := 5\nresult := r[input.key]';
    assert.equal(outcome(policy, { key: "b" }, true), 5);
    assert.match(String(outcome(policy, { key: "a" }, true)), /^to_number: /);
  });
});

suite("what OPA's index asks for first", () => {
  test("that a reference is defined, though it be false", () => {
    assert.equal(outcome(`${TWO}result if { one; data.base.off }`), "rule data.p.one");
    assert.equal(outcome(`${TWO}result if { one; data.base.absent }`), undefined);
  });
  test("nothing of objects", () => {
    assert.equal(outcome(`${TWO}result if { one; data.base.absent == {} }`), "rule data.p.one");
    assert.equal(outcome(`${TWO}result if { one; data.base.absent == 1 }`), undefined);
  });
});

suite("bodies that OPA takes to be safe too early", () => {
  const cases: readonly (readonly [policy: string, expected: unknown])[] = [
    ['result if [x, x.id] = [{"id": 4}, 4]', undefined],
    ["result if { walk({}, [v, _]); every x in v { x } }", true],
    ["result if { 1 = v; every x in [1] { v := {v}; x } }", true],
    ['result if { {"a": x, "b": y} = {"a": y, "b": 1}; x == 1 }', true],
    ["result := [1 | a := x; b := a] if input[x]", undefined],
  ];
  for (const [policy, expected] of cases) test(policy, () => assert.deepEqual(outcome(policy), expected));
});

test("an item of an array in a base document is found by the text of its index", () => {
  assert.equal(outcome('result := data.base.list["0"]'), "first");
  assert.equal(outcome('result := data.base.list["+0"]'), "first");
  assert.equal(outcome('result := data.base.list["1"]'), undefined);
  assert.equal(outcome('result := input.list["0"]', { list: ["first"] }), undefined);
});

test("a document that stands for a function is not evaluated where nobody takes the result", () => {
  assert.equal(outcome(`${TWO}f(x) := 1\nresult if f(1) with f as data.p.one`), true);
  assert.equal(outcome(`${TWO}f(x) := 1\nresult if f(1) == 1 with f as data.p.one`), "rule data.p.one");
});
