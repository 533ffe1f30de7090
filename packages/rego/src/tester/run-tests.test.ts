import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RegoCompileError } from "../program/compile-error.ts";
import type { Module } from "../syntax/ast.ts";
import { parseModule } from "../syntax/parse-module.ts";
import type { PlainObject } from "../values/value.ts";
import type { ExplainedExpr } from "./explain-failure.ts";
import { type TestOptions, type TestResult, repeatableTests, runTests } from "./run-tests.ts";

function modulesOf(...texts: readonly string[]): readonly Module[] {
  return texts.map((text, index) => {
    const { module } = parseModule(text, { file: `m${index}.rego` });
    return module ?? assert.fail(text);
  });
}

function run(texts: readonly string[], options: Partial<TestOptions> = {}): readonly TestResult[] {
  return [...runTests({ modules: modulesOf(...texts), clock: () => 0n, ...options })];
}

function outcomes(results: readonly TestResult[]): readonly string[] {
  return results.map(({ package: name, name: test_, outcome }) => `${name}.${test_}: ${outcome}`);
}

suite("which rules are tests, and what becomes of them", () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ["a rule that holds", "test_a if true", ["data.p.test_a: pass"]],
    ["a rule that does not", "test_a if false", ["data.p.test_a: fail"]],
    ["a value that is not true", "test_a := 1", ["data.p.test_a: fail"]],
    ["a set is never true", "test_a contains 1", ["data.p.test_a: fail"]],
    ["a rule by another name", "attest_a if false", []],
    ["one left out for now", "todo_test_a if false", ["data.p.todo_test_a: skip"]],
    ["a test in a path", "a.b.test_c if true", ["data.p.a.b.test_c: pass"]],
    [
      "several of one name",
      "test_a if true\ntest_a if false\ntest_a := true",
      ["data.p.test_a: pass", "data.p.test_a#01: fail", "data.p.test_a#02: pass"],
    ],
    ["a conflict", "test_a := x if some x in [1, 2]", ["data.p.test_a: error"]],
    ["a builtin that fails is undefined", "test_a if 1 / 0 == 1", ["data.p.test_a: fail"]],
    ["else", "test_a := false if false else := true", ["data.p.test_a: pass"]],
    ["a function is none", "test_a(x) := x", ["data.p.test_a: error"]],
  ];
  for (const [title, text, expected] of table) {
    test(title, () => {
      assert.deepEqual(outcomes(run([`package p\n${text}`])), expected);
    });
  }
  test("a package of any name", () => {
    assert.deepEqual(outcomes(run(['package a["b c"]\ntest_x if true'])), ['data.a["b c"].test_x: pass']);
  });
  test("tests see data, and one another's packages", () => {
    const data: PlainObject = { x: 1 };
    assert.deepEqual(outcomes(run(["package p\nn := data.x + 1", "package q\ntest_a if data.p.n == 2"], { data })), [
      "data.q.test_a: pass",
    ]);
  });
  test("only those chosen are run", () => {
    const results = run(["package p\ntest_a if true\ntest_b if true"], { select: (name) => name.endsWith("_b") });
    assert.deepEqual(outcomes(results), ["data.p.test_b: pass"]);
  });
  test("what they print is kept", () => {
    assert.equal(run(['package p\ntest_a if { print("a", 1); print([2]) }'])[0]?.output, "a 1\n[2]\n");
  });
  test("one that takes too long is an error, and the next is run", () => {
    const slow =
      "package p\ntest_a if count([1 | numbers.range(1, 9999)[_]; numbers.range(1, 9999)[_]]) > 0\ntest_b if true";
    const results = run([slow], { timeout: 10 });
    assert.deepEqual(outcomes(results), ["data.p.test_a: error", "data.p.test_b: pass"]);
    assert.equal(results[0]?.error?.code, "eval_cancel_error");
  });
  test("modules with errors are thrown back", () => {
    assert.throws(() => run(["package p\ntest_a if x"]), RegoCompileError);
  });
});

suite("tests whose keys are cases", () => {
  const casesOf = (text: string): unknown => {
    const [result] = run([`package p\n${text}`]);
    return { outcome: result?.outcome, cases: result?.cases };
  };
  const CASES = '[{"note": "a", "n": 1}, {"note": "b", "n": 2}]';
  test("each has an outcome", () => {
    assert.deepEqual(casesOf(`test_x[tc.note] if { some tc in ${CASES}; tc.n == 1 }`), {
      outcome: "fail",
      cases: [
        { name: "a", failed: false, cases: [] },
        { name: "b", failed: true, cases: [] },
      ],
    });
  });
  test("all hold", () => {
    assert.deepEqual(casesOf(`test_x[tc.note] if { some tc in ${CASES}; tc.n < 3 }`), {
      outcome: "pass",
      cases: [
        { name: "a", failed: false, cases: [] },
        { name: "b", failed: false, cases: [] },
      ],
    });
  });
  test("cases of cases", () => {
    assert.deepEqual(casesOf(`test_x[tc.note][n] if { some tc in ${CASES}; some n in [1, 2]; tc.n <= n }`), {
      outcome: "fail",
      cases: [
        {
          name: "a",
          failed: false,
          cases: [
            { name: "1", failed: false, cases: [] },
            { name: "2", failed: false, cases: [] },
          ],
        },
        {
          name: "b",
          failed: true,
          cases: [
            { name: "1", failed: true, cases: [] },
            { name: "2", failed: false, cases: [] },
          ],
        },
      ],
    });
  });
});

suite("why a test failed", () => {
  const explain = (text: string, ...others: readonly string[]): readonly ExplainedExpr[] => {
    const [result] = run([`package p\n${text}`, ...others]);
    assert.equal(result?.outcome, "fail");
    return result.failure?.expressions ?? [];
  };
  const brief = (expressions: readonly ExplainedExpr[]): unknown =>
    expressions.map(({ text, outcome, values, tried }) => ({
      text,
      outcome,
      values: Object.fromEntries(values.map(({ text: name, value }) => [name, value ?? "undefined"])),
      ...(tried.length === 0 ? {} : { tried: tried.map((rule) => [rule.name, brief(rule.expressions)]) }),
    }));

  test("the expressions up to the one that failed, with their values", () => {
    assert.deepEqual(brief(explain("test_a if {\n\tx := 1\n\ty := [x, 2]\n\tcount(y) == 3\n\tx == 1\n}")), [
      { text: "x := 1", outcome: "passed", values: { x: 1 } },
      { text: "y := [x, 2]", outcome: "passed", values: { y: [1, 2], x: 1 } },
      { text: "count(y) == 3", outcome: "failed", values: { "count(y)": 2, y: [1, 2] } },
      { text: "x == 1", outcome: "not reached", values: {} },
    ]);
  });
  test("of several attempts the one that got furthest", () => {
    assert.deepEqual(brief(explain("test_a if {\n\tsome x in [1, 2, 3]\n\tx > 1\n\tx == 5\n}")), [
      { text: "some x in [1, 2, 3]", outcome: "passed", values: { x: 2 } },
      { text: "x > 1", outcome: "passed", values: { x: 2 } },
      { text: "x == 5", outcome: "failed", values: { x: 2 } },
    ]);
  });
  test("what `with` replaced is what values are asked with", () => {
    const policy = "package q\n\nallow if {\n\tinput.user.name == data.admin\n}\n";
    assert.deepEqual(
      brief(
        explain(
          'test_a if {\n\tu := {"name": "bob"}\n\tdata.q.allow with input.user as u with data.admin as "ann"\n}',
          policy,
        ),
      ),
      [
        { text: 'u := {"name": "bob"}', outcome: "passed", values: { u: { name: "bob" } } },
        {
          text: 'data.q.allow with input.user as u with data.admin as "ann"',
          outcome: "failed",
          values: { "data.q.allow": "undefined" },
          tried: [
            [
              "allow",
              [
                {
                  text: "input.user.name == data.admin",
                  outcome: "failed",
                  values: { "input.user.name": "bob", "data.admin": "ann" },
                },
              ],
            ],
          ],
        },
      ],
    );
  });
  test("a negation that does not hold shows what holds", () => {
    assert.deepEqual(brief(explain("q if true\ntest_a if {\n\tnot q\n}")), [
      { text: "not q", outcome: "failed", values: { q: true } },
    ]);
  });
});

test("tests to be measured are those that are not left out", () => {
  const tests = repeatableTests({
    modules: modulesOf("package p\ntest_a if true\ntest_b if false\ntodo_test_c if true"),
  });
  assert.deepEqual(
    tests.map(({ name, run: once }) => [name, once(), once()]),
    [
      ["test_a", true, true],
      ["test_b", false, false],
    ],
  );
});
