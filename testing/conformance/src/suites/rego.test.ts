import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { runSuite } from "../run-suite.ts";
import { rego } from "./rego.ts";

const corpus = join(import.meta.dirname, "../../../../..", "shared", "corpora", "rego-cases");

/** Judges one case, given as the lines of its fields: why it failed, or undefined if it passed. */
async function judged(...fields: readonly string[]): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "rego-"));
  try {
    mkdirSync(join(folder, "v1"));
    const text = `cases:\n  - note: x\n${fields.map((field) => `    ${field}\n`).join("")}`;
    writeFileSync(join(folder, "v1", "case.yaml"), text);
    const { passed, failures } = await runSuite(rego, folder);
    assert.equal(passed + failures.length, 1);
    return failures[0]?.message;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const policy = (text: string): string => `modules: [${JSON.stringify(`package t\n${text}`)}]`;
const query = "query: data.t.p = x";

suite("rego", () => {
  test("results are sets of bindings, of JSON, with all digits", async () => {
    assert.equal(await judged(query, policy("p := {2, 1}"), "want_result: [{x: [1, 2]}]"), undefined);
    assert.equal(
      await judged(query, policy("p contains 9007199254740993"), "want_result: [{x: [9007199254740993]}]"),
      undefined,
    );
    assert.match(
      (await judged(query, policy("p := 9007199254740992"), "want_result: [{x: 9007199254740993}]")) ?? "",
      /expected/,
    );
    assert.equal(
      await judged("query: x = data.t.p[_]", policy("p := [1, 2, 1]"), "want_result: [{x: 2}, {x: 1}]"),
      undefined,
    );
    assert.match(
      (await judged("query: x = data.t.p[_]", policy("p := [1]"), "want_result: [{x: 2}, {x: 1}]")) ?? "",
      /expected/,
    );
    assert.equal(await judged(query, policy("p if false"), "want_result: []"), undefined);
    assert.match((await judged(query, policy("p if false"), "want_result: [{}]")) ?? "", /was set\(\)/);
  });

  test("input and data are as given; an input term may hold what JSON has not", async () => {
    assert.equal(await judged(query, policy("p := input.a"), "input: {a: 1}", "want_result: [{x: 1}]"), undefined);
    assert.equal(
      await judged(query, policy("p := count(input)"), "input_term: '{1, {2}}'", "want_result: [{x: 2}]"),
      undefined,
    );
    assert.equal(await judged(query, policy("p := data.a"), "data: {a: 1}", "want_result: [{x: 1}]"), undefined);
    assert.equal(await judged(query, policy("p := data.a"), "data: null", "want_result: []"), undefined);
  });

  test("variables of the environment are those of a case while it runs", async () => {
    process.env["REDOUBT_CASE"] = "outer";
    const fields = [query, policy("p := 1"), "want_result: [{x: 1}]"];
    assert.equal(await judged(...fields, "env: {REDOUBT_CASE: inner, REDOUBT_OTHER: x}"), undefined);
    assert.equal(process.env["REDOUBT_CASE"], "outer");
    assert.equal(process.env["REDOUBT_OTHER"], undefined);
    delete process.env["REDOUBT_CASE"];
  });

  test("errors are checked by code and by a part of their text, and none may come unasked", async () => {
    const divide = policy("p := 1 / 0");
    assert.equal(
      await judged(
        query,
        divide,
        "strict_error: true",
        "want_error_code: eval_builtin_error",
        "want_error: 'test-0.rego:2'",
      ),
      undefined,
    );
    assert.match(
      (await judged(query, divide, "strict_error: true", "want_error: multiply by zero")) ?? "",
      /expected the error/,
    );
    assert.match(
      (await judged(query, divide, "strict_error: true", "want_error_code: eval_type_error")) ?? "",
      /expected the code/,
    );
    assert.match((await judged(query, divide, "strict_error: true", "want_result: []")) ?? "", /unexpected/);
    assert.match((await judged(query, divide, "want_error_code: eval_builtin_error")) ?? "", /expected an error/);
    assert.equal(await judged(query, policy("p := q"), "want_error_code: rego_unsafe_var_error"), undefined);
  });

  test("what is defined, and sorted bindings", async () => {
    assert.equal(await judged(query, policy("p := 1"), "want_defined: true"), undefined);
    assert.match((await judged(query, policy("p := 1"), "want_defined: false")) ?? "", /undefined/);
    assert.equal(
      await judged(query, policy("p := [2, 1]"), "sort_bindings: true", "want_result: [{x: [1, 2]}]"),
      undefined,
    );
    assert.match((await judged(query, policy("p := [2, 1]"), "want_result: [{x: [1, 2]}]")) ?? "", /expected/);
  });

  test("a case of another shape fails", async () => {
    assert.match((await judged(query, policy("p := 1"))) ?? "", /has none of/);
    assert.match(
      (await judged(query, policy("p := 1"), "want_defined: true", "wanted: 1")) ?? "",
      /unknown fields: wanted/,
    );
  });

  test(
    "every recorded case is ours too",
    { skip: existsSync(corpus) ? false : "the recorded cases are not here" },
    async () => {
      const { passed, failures } = await runSuite(rego, corpus);
      assert.deepEqual(failures, []);
      assert.ok(passed > 3800);
    },
  );
});
