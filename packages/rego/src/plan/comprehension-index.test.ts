import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compile, EvaluationError, jsonText, type Value } from "../index.ts";

function prepared(policy: string): { readonly code: string; readonly value: (input: Value) => string } {
  const query = compile({ modules: { "p.rego": `package p\n${policy}` } }).prepare("data.p.x");
  return {
    code: query.code,
    value: (input) => {
      const value = query.value(input);
      return value === undefined ? "undefined" : jsonText(value);
    },
  };
}

const people: Value = {
  people: [
    { name: "a", team: 1 },
    { name: "b", team: 2 },
    { name: "c", team: 1 },
    { name: "d", team: [1] },
    { name: "e", team: [1] },
  ],
};

suite("a comprehension in a loop", () => {
  test("over what equals something of the loop is evaluated once, and found by key", () => {
    const { code, value } = prepared(`x[p.name] := names if {
      some p in input.people
      names := [other.name | some other in input.people; other.team == p.team]
    }`);
    assert.match(code, /ArrayGroups/);
    const expected = '{"a":["a","c"],"b":["b"],"c":["a","c"],"d":["d","e"],"e":["d","e"]}';
    assert.equal(value(people), expected);
    assert.equal(value(people), expected);
    assert.equal(value({ people: [] }), "{}");
  });

  test("of a set by two keys finds nothing where there is nothing", () => {
    const { code, value } = prepared(`x[p.name] := count(names) if {
      some p in input.people
      team := p.team
      name := p.other
      names := {other.name | some other in input.people; other.team == team; other.name == name}
    }`);
    assert.match(code, /SetGroups/);
    assert.equal(
      value({
        people: [
          { name: "a", team: 1, other: "a" },
          { name: "b", team: 2, other: "a" },
        ],
      }),
      '{"a":1,"b":0}',
    );
  });

  test("that needs nothing of the loop is evaluated once", () => {
    const { code, value } = prepared(
      `x := [n | some p in input.people; p.team == 1; n := count({q.name | some q in input.people})]`,
    );
    assert.match(code, /let h\d+;/);
    assert.equal(value(people), "[5,5]");
  });

  test("is evaluated anew where a key is looked up, or a rule could end the evaluation", () => {
    const { code } = prepared(`y[k] := v if some k, v in input.y
    x[p.name] := names if {
      some p in input.people
      names := [v | some v in input.by_team[p.team]]
      others := {k | some k, v in y; v == p.team}
      count(others) == 0
    }`);
    assert.doesNotMatch(code, /Groups/);
  });

  test("sees the input that modifiers give", () => {
    const { value } = prepared(`y := [n | some i in [1, 2]; n := count([p | some p in input.people]) + i]
    x := [a, b, y] if { a := y with input.people as []; b := y with input.people as [1] }`);
    assert.equal(value({ people: [1, 2, 3] }), "[[1,2],[2,3],[4,5]]");
  });

  test("ends the evaluation where its own keys conflict", () => {
    const query = compile({
      modules: { "p.rego": 'package p\nx := [o | some _ in input; o := {"k": v | some v in input}]' },
    }).prepare("data.p.x");
    assert.throws(() => query.value([1, 2]), EvaluationError);
  });
});
