import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../program/program.ts";

test("a query's bindings hold its own variables, not the functions that it calls or replaces", () => {
  const program = compile({ modules: { "p.rego": "package p\n\nf(x) := x + input.a" } });
  for (const [query, bindings] of [
    ["1 with input as 1", {}],
    ['x = data.p.f(1) with input as {"a": 2}', { x: 3 }],
    ['substring("abc", 0, 1) with substring as 1', {}],
    ["x := data.p.f(1) with data.p.f as 7", { x: 7 }],
    ['x := [y | y := count("abc")] with count as 2', { x: [2] }],
  ] as const) {
    assert.deepEqual(
      program.evaluate(query).map((result) => result.bindings),
      [bindings],
      query,
    );
  }
});

test("what replaces a part of data hides all of it from references that reach it, and is merged for those that do not", () => {
  const program = compile({ modules: {}, data: { a: { b: { c: 1 } } } });
  for (const [query, expected] of [
    ["data.a.b.c with data.a.b as {}", []],
    ["data.a.b with data.a.b as {}", [{}]],
    ["data.a with data.a.b as {}", [{ b: { c: 1 } }]],
    ["data.a.b.c with data.a.b.d as 2", [1]],
    ["data.a.b with data.a.b.d as 2", [{ c: 1, d: 2 }]],
  ] as const) {
    const values = program.evaluate(query).map(({ expressions }) => expressions[0]?.value);
    assert.deepEqual(values, expected, query);
  }
});
