import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { VersionSpan } from "../syntax/ast.ts";
import { formatModule } from "./format-module.ts";

const V0_AND_V1: VersionSpan = { min: "v0", max: "v1" };

suite("from v0 to what is v0 and v1", () => {
  const table: readonly (readonly [string, string, string])[] = [
    [
      "rules get the keywords of v1",
      "package p\nx[y] { y := 1 }\nz { true }\nf(a) = b { b := a }\nw = 1\nv[k] = 1 { k := 2 }\na.b.c { true }\nd[1]",
      `package p

import rego.v1

x contains y if y := 1
z := true
f(a) := b if b := a
w := 1
v[k] := 1 if k := 2
a.b.c := true
d contains 1
`,
    ],
    [
      "imports of keywords give way to that of v1",
      "package p\nimport future.keywords\nimport future.keywords.in\nx { some y in z } else = 2 { 3 }",
      `package p

import rego.v1

x if some y in z

else := 2 if 3
`,
    ],
  ];
  for (const [title, text, formatted] of table) {
    test(title, () => {
      assert.deepEqual(formatModule(text, { version: "v0", target: V0_AND_V1 }), { text: formatted, errors: [] });
      assert.equal(formatModule(formatted, { version: "v0", target: V0_AND_V1 }).text, formatted);
    });
  }
});

suite("what cannot be of the other version says why", () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    [
      "package p\nimport data.a\nimport data.b as a\nx { a }",
      ["3: rego_compile_error: import must not shadow import data.a"],
    ],
    [
      "package p\nx { input := 1; data := 2 }",
      [
        "2: rego_compile_error: variables must not shadow input (use a different variable name)",
        "2: rego_compile_error: variables must not shadow data (use a different variable name)",
      ],
    ],
    ["package p\ninput { true }", ["2: rego_compile_error: rules must not shadow input (use a different rule name)"]],
    [
      "package p\nf(input) { true }",
      ["2: rego_compile_error: args must not shadow input (use a different variable name)"],
    ],
    [
      "package p\nx { any([true]); re_match(`a`, `b`) }",
      [
        "2: rego_type_error: deprecated built-in function calls in expression: any",
        "2: rego_type_error: deprecated built-in function calls in expression: re_match",
      ],
    ],
    ["package p\nif { true }", ["2: rego_parse_error: if keyword cannot be used for rule name"]],
    ["package p\nx { every = 1 }", ["5: rego_parse_error: unexpected eq token"]],
    ["package p\nx { contains := 1; in := contains }", ["7: rego_parse_error: unexpected assign token"]],
  ];
  for (const [text, expected] of table) {
    test(JSON.stringify(text), () => {
      const { errors } = formatModule(text, { version: "v0", target: V0_AND_V1 });
      assert.deepEqual(
        errors.map(({ code, message, location }) => `${location?.row}: ${code}: ${message}`),
        expected,
      );
      assert.deepEqual(formatModule(text, { version: "v0" }).errors, []);
    });
  }
});

suite("redundant imports", () => {
  const text = "package p\nimport rego.v1\nimport future.keywords.in\nx if 1 in [1]";
  test("stay", () => {
    assert.match(formatModule(text).text ?? "", /import rego\.v1/);
  });
  test("go when asked", () => {
    assert.equal(formatModule(text, { dropRedundantImports: true }).text, "package p\n\nx if 1 in [1]\n");
  });
});

suite("what is no module", () => {
  test("gives the parser's errors with the file's name", () => {
    const { errors } = formatModule("package p\nx := ", { file: "a.rego" });
    assert.equal(errors[0]?.location?.source.file, "a.rego");
  });
  test("may use what capabilities lack, which then is written another way", () => {
    const { text } = formatModule("package p\n\nq := input.not\n", {
      capabilities: { features: [], futureKeywords: [] },
    });
    assert.equal(text, 'package p\n\nq := input["not"]\n');
  });
});
