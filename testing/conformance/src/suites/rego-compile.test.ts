import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { runSuite } from "../run-suite.ts";
import { regoCompile } from "./rego-compile.ts";

const corpus = join(import.meta.dirname, "../../../../..", "shared", "corpora", "rego-extra", "compilecases");

suite("rego-compile", () => {
  const folder = mkdtempSync(join(tmpdir(), "rego-compile-"));
  test.after(() => rmSync(folder, { recursive: true }));

  test("a case passes where the errors are those that it wants, and fails where one is missing or not wanted", async () => {
    const unsafe = '\n    modules: ["package p\\n\\nq if { x; y }"]\n    want_errors:\n';
    const x = "      - {code: rego_unsafe_var_error, row: 3, col: 8, message: var x is unsafe}\n";
    const cases = [
      `  - note: one of two${unsafe}${x}    exhaustive: false\n`,
      `  - note: both are wanted${unsafe}${x}    exhaustive: true\n`,
      `  - note: other column${unsafe}${x.replace("8", "3")}`,
      `  - note: none\n    modules: [package p]\n    want_errors:\n${x}`,
      "  - note: no errors\n    modules: [package p]\n",
      "  - note: other field\n    moduls: []\n",
    ];
    writeFileSync(join(folder, "a.yaml"), `cases:\n${cases.join("")}`);
    const { passed, failures } = await runSuite(regoCompile, folder);
    assert.equal(passed, 1);
    assert.deepEqual(
      failures.map(({ name, message }) => `${name}: ${message.split("\n")[0]}`),
      [
        "a.yaml#1 both are wanted: not expected (column 11) test-0.rego:3: rego_unsafe_var_error: var y is unsafe",
        "a.yaml#2 other column: expected test-0.rego:3:3: rego_unsafe_var_error: var x is unsafe",
        "a.yaml#3 none: expected test-0.rego:3:8: rego_unsafe_var_error: var x is unsafe",
        "a.yaml#4 no errors: has no want_errors that can be read",
        "a.yaml#5 other field: has unknown fields: moduls",
      ],
    );
  });

  test(
    "every recorded error is ours too",
    { skip: existsSync(corpus) ? false : "the recorded cases are not here" },
    async () => {
      const { passed, failures, skips } = await runSuite(regoCompile, corpus);
      assert.deepEqual(failures, []);
      assert.deepEqual(skips, []);
      assert.ok(passed > 20);
    },
  );
});
