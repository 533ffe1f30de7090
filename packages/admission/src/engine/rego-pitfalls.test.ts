import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { REGO_BUILTINS } from "../model/rego-builtins.ts";
import { regoSourcesOf } from "../model/rego-source.ts";
import { readRegoModule } from "./rego-module.ts";
import { optionalNegations, separateIterations, unknownCalls, unsafeNegations } from "./rego-pitfalls.ts";

const body = (...lines: string[]): string =>
  `package p\n\ndeny[msg] {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
const calls = (text: string): readonly (readonly [string, string | undefined])[] => {
  const module = readRegoModule(text);
  return unknownCalls(module, [module]).map(({ name, suggestion }) => [name, suggestion]);
};

suite("calls of unknown functions", () => {
  const cases: readonly [note: string, text: string, expected: readonly (readonly [string, string | undefined])[]][] = [
    ["a misspelt builtin", body('not starts_with(input.x, "a")'), [["starts_with", "startswith"]]],
    [
      "builtins with dots",
      body('object.get(input, "a", 1) == 1', 'regex.match("a", input.b)', "msg := sprintf(`%v`, [1])"),
      [],
    ],
    ["contains is a builtin and a keyword", body('contains(input.x, "a")'), []],
    ["functions of the module", `${body("allowed(input.x)")}\nallowed(x) {\n  x == 1\n}\n`, []],
    ["functions with a path for a name", `${body("lib.allowed(input.x)")}\nlib.allowed(x) {\n  x == 1\n}\n`, []],
    [
      "imports",
      `package p\nimport data.lib.helpers\nimport data.other as o\nallow if {\n  helpers.f(1)\n  o.g(2)\n  data.third.h(3)\n}\n`,
      [],
    ],
    ["strings and comments are no calls", body('msg := "nope(1)" # nor_this(2)', "x := `nor(3)`"), []],
    ["keywords before brackets are no calls", body("not (input.x)", "some i in (input.y)"), []],
    ["a bracket after a blank is no call", body("input.x in (input.y)"), []],
    ["nothing like it", body("frobnicate(1)"), [["frobnicate", undefined]]],
  ];
  for (const [note, text, expected] of cases) test(note, () => assert.deepEqual(calls(text), expected));
});

suite("wildcards under not", () => {
  const cases: readonly [note: string, lines: readonly string[], lines_found: readonly number[]][] = [
    ["alone", ["not input.list[_] == 1"], [4]],
    ["in an argument", ["not startswith(input.list[_].image, `a`)"], [4]],
    ["inside a comprehension", ["not count([x | x := input.list[_]]) > 0"], []],
    ["inside a set comprehension", ["not {x | x := input.list[_].a}[input.b]"], []],
    ["a bound index", ["x := input.list[i]", "not input.other[i] == 1"], []],
    ["without not", ["input.list[_] == 1"], []],
  ];
  for (const [note, lines, found] of cases)
    test(note, () =>
      assert.deepEqual(
        unsafeNegations(readRegoModule(body(...lines))).map(({ line }) => line),
        found,
      ),
    );
});

suite("iterations of one list apart from each other", () => {
  const cases: readonly [note: string, lines: readonly string[], found: readonly number[]][] = [
    ["two conditions", ["input.c[_].a == 1", "input.c[_].b == 2"], [5]],
    ["different lists", ["input.c[_].a == 1", "input.d[_].b == 2"], []],
    ["a bound item", ["c := input.c[_]", "c.a == 1", "c.b == 2"], []],
    ["a bound item twice", ["c := input.c[_]", "d := input.c[_]", "c.a < d.a"], []],
  ];
  for (const [note, lines, found] of cases)
    test(note, () =>
      assert.deepEqual(
        separateIterations(readRegoModule(body(...lines))).map(({ line }) => line),
        found,
      ),
    );
});

suite("optional fields asked with not", () => {
  test("labels bound first", () => {
    const [found] = optionalNegations(
      readRegoModule(
        body("given := input.review.object.metadata.labels", "want := input.parameters.labels[_]", "not given[want]"),
      ),
    );
    assert.deepEqual([found?.line, found?.use], [4, 6]);
  });
  test("with a default", () => {
    assert.deepEqual(
      optionalNegations(
        readRegoModule(body('given := object.get(input.review.object.metadata, "labels", {})', 'not given["a"]')),
      ),
      [],
    );
  });
});

const corpora = new URL("../../../../../shared/corpora/", import.meta.url);
suite(
  "against OPA's and Gatekeeper's own files",
  { skip: existsSync(corpora) ? false : "the recorded files are not here" },
  () => {
    test("every builtin of OPA is known", () => {
      const parsed: { builtins: { name: string; infix?: string }[] } = JSON.parse(
        readFileSync(new URL("rego-extra/capabilities.json", corpora), "utf8"),
      );
      const missing = parsed.builtins.filter(({ name, infix }) => infix === undefined && !REGO_BUILTINS.has(name));
      assert.deepEqual(
        missing.map(({ name }) => name),
        [],
      );
    });
    test("nothing is found in templates that compile", () => {
      const folder = new URL("gatekeeper/", corpora);
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
        /(?:^|\/)template[\w-]*\.yaml$/.test(file),
      );
      assert.ok(files.length > 20);
      for (const file of files) {
        const modules = regoSourcesOf(snapshotFromText(readFileSync(new URL(file, folder), "utf8"), { file })).map(
          ({ module }) => module,
        );
        for (const module of modules) {
          assert.deepEqual(unknownCalls(module, modules), [], file);
          assert.deepEqual(unsafeNegations(module), [], file);
          assert.ok(module.rules.length > 0, file);
        }
      }
    });
  },
);
