import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { assert as check, constantFrom, nat, property } from "fast-check";
import { tokenize } from "../syntax/lexer.ts";
import { formatModule } from "./format-module.ts";

suite("deep and large modules are laid out", () => {
  const table: readonly (readonly [string, string])[] = [
    ["400 arrays in one another", `x := ${"[".repeat(400)}${"]".repeat(400)}`],
    ["200 calls in one another", `x := ${"f(".repeat(200)}1${")".repeat(200)}`],
    ["200 template strings in one another", `x := ${'$"{'.repeat(200)}1${'}"'.repeat(200)}`],
    ["200 bodies in one another", `x if ${"every a in b { ".repeat(200)}1${"}".repeat(200)}`],
    ["400 operators", `x := 1${" + 1".repeat(400)}`],
    ["400 else", `x if a${" else := 1 if b".repeat(400)}`],
    ["10,000 rules", "x if { a; b }\n".repeat(10_000)],
    ["50,000 comments", "# a\n".repeat(50_000)],
    ["rules with 8,000 comments in them", "x := [ # a\n1, # b\n2 # c\n] # d\n".repeat(2000)],
  ];
  for (const [title, text] of table) {
    test(title, () => {
      const first = formatModule(`package p\n${text}`);
      assert.deepEqual(first.errors, []);
      assert.deepEqual(formatModule(first.text ?? "").errors, []);
    });
  }
});

const SOURCE = `package p

import data.x as y

default allow := false

allow if {
	some k, v in input.xs
	every w in v { not w > 1; k == "a" }
	c with input.x as {"y": [1, 2.5e3, null]}
} else := "b" if f(1, _)

deny contains msg if { msg := sprintf("%v", [{x | x := data.z[_][i].q}]) }
`;

function words(text: string): readonly string[] {
  const { comments } = tokenize(text);
  return comments.map(({ start, end }) => text.slice(start, end).trimEnd()).sort();
}

test("a comment or line end anywhere is not lost, and what comes out is a module", () => {
  const separators = [...SOURCE.matchAll(/\s+/g)].map(({ index }) => index);
  check(
    property(
      nat(separators.length - 1),
      nat(separators.length - 1),
      constantFrom("\n", " # c\n", "\n# c\n"),
      (first, second, insert) => {
        const [a = 0, b = 0] = [separators[first], separators[second]].map((at) => at ?? 0).sort((x, y) => x - y);
        const text = `${SOURCE.slice(0, a)}${insert}${SOURCE.slice(a, b)} # d\n${SOURCE.slice(b)}`;
        const { text: formatted, errors } = formatModule(text);
        if (formatted === undefined) assert.ok(errors.length > 0);
        else assert.deepEqual(words(formatted), words(text));
      },
    ),
    { numRuns: 400, seed: 11 },
  );
});
