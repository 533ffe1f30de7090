import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { assert as check, constantFrom, nat, oneof, property, string } from "fast-check";
import { parseModule } from "./parse-module.ts";

const DEEP = 100_000;

suite("texts that nest without end are refused, not crashed on", () => {
  const table: readonly (readonly [string, (depth: number) => string])[] = [
    ["arrays", (n) => `x := ${"[".repeat(n)}${"]".repeat(n)}`],
    ["open brackets", (n) => `x := ${"[{(".repeat(n)}`],
    ["sets", (n) => `x := ${"{".repeat(n)}1${"}".repeat(n)}`],
    ["objects", (n) => `x := ${"{1:".repeat(n)}1${"}".repeat(n)}`],
    ["comprehensions", (n) => `x := ${"[1|".repeat(n)}1${"]".repeat(n)}`],
    ["parentheses", (n) => `x := ${"(".repeat(n)}1${")".repeat(n)}`],
    ["calls", (n) => `x := ${"f(".repeat(n)}1${")".repeat(n)}`],
    ["references", (n) => `x := ${"a[".repeat(n)}1${"]".repeat(n)}`],
    ["operators", (n) => `x := 1${"+1".repeat(n)}`],
    ["memberships", (n) => `x := 1${" in y".repeat(n)}`],
    ["template strings", (n) => `x := ${'$"{'.repeat(n)}1${'}"'.repeat(n)}`],
    ["open template strings", (n) => `x := ${'$"{'.repeat(n)}`],
    ["every", (n) => `x if ${"every a in b { ".repeat(n)}1${"}".repeat(n)}`],
    ["not", (n) => `x if ${"not { ".repeat(n)}1${"}".repeat(n)}`],
    ["groups", (n) => `x if ${"(1 or ".repeat(n)}1${")".repeat(n)}`],
    ["bodies", (n) => `x if ${"{ 1 or ".repeat(n)}1${"}".repeat(n)}`],
    ["and", (n) => `x if 1${" and 1".repeat(n)}`],
    ["else", (n) => `x if a${" else := 1 if a".repeat(n)}`],
  ];
  for (const [title, write] of table) {
    test(title, () => {
      const { errors } = parseModule(`package p\n${write(DEEP)}`, { version: "v2" });
      assert.ok(errors.some(({ message }) => message === "max parsing recursion depth exceeded"));
    });
    test(`${title}, a hundred deep, are fine`, () => {
      if (title.startsWith("open")) return;
      assert.deepEqual(parseModule(`package p\n${write(100)}`, { version: "v2" }).errors, []);
    });
  }
  test("what was too deep in one statement takes nothing from the next", () => {
    const { errors } = parseModule(
      `package p\nx := ${"f(".repeat(DEEP)}\ny := [[1]]\nz if a${" else := 1 if a".repeat(DEEP)}\nw := [1`,
    );
    assert.deepEqual([...new Set(errors.map(({ location }) => location?.row))], [2, 4, 5]);
  });
});

suite("large texts are read in linear time", () => {
  const table: readonly (readonly [string, string])[] = [
    ["a string of 8 MB", `x := "${"a".repeat(8_000_000)}"`],
    ["300,000 comments", "# a comment\n".repeat(300_000)],
    ["an array of 300,000 numbers", `x := [${"1,".repeat(300_000)}1]`],
    ["a set of 50,000 numbers", `x := {${Array.from({ length: 50_000 }, (_, index) => index).join()}}`],
    ["a reference of 50,000 parts", `x := a${".b".repeat(50_000)}`],
    ["20,000 with", `x if a${" with input as 1".repeat(20_000)}`],
    ["20,000 rules", "x if { a; b }\n".repeat(20_000)],
  ];
  for (const [title, text] of table) {
    test(title, () => {
      assert.deepEqual(parseModule(`package p\n${text}`).errors, []);
    });
  }
  test("20,000 statements that are wrong give an error each", () => {
    const { errors } = parseModule(`package p\n${"x := ]\n".repeat(20_000)}`);
    assert.equal(new Set(errors.map(({ location }) => location?.row)).size, 20_000);
  });
});

const KITCHEN_SINK = `package a.b["c d"]

import rego.v2
import data.x as y

default allow := false

allow if {
	some k, v in input.xs
	every w in v { not { w > 1; k == "a\\u00e9" } }
	(a or b) and c with input.x as {"y": [1, 2.5e3, null]}
} else := $"no {k} \\{ {count(y)}" if f(1, _)

deny contains msg if { msg := sprintf("%v", [{x | x := data.z[_][i].q}]) }

f(x, _) := {k: v | some k, v in x}
`;

suite("texts that are broken anywhere", () => {
  test("cut off at any place, a module gives errors or a module, and never throws", () => {
    for (let end = 0; end <= KITCHEN_SINK.length; end += 1) {
      const { module, errors } = parseModule(KITCHEN_SINK.slice(0, end));
      assert.equal(module === undefined, errors.length > 0);
    }
  });
  test("with any character put in, too", () => {
    check(
      property(
        nat(KITCHEN_SINK.length),
        nat(3),
        oneof(string({ unit: "binary", maxLength: 3 }), constantFrom("{", "}", '"', "`", '$"', "\0", "\ud800")),
        constantFrom("v0", "v1", "v2"),
        (at, cut, insert, version) => {
          const text = KITCHEN_SINK.slice(0, at) + insert + KITCHEN_SINK.slice(at + cut);
          const { module, errors } = parseModule(text, { version });
          assert.equal(module === undefined, errors.length > 0);
          for (const { location } of errors) assert.ok(location !== undefined && location.offset <= text.length);
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });
});
