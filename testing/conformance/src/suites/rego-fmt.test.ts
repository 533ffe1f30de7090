import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { runSuite } from "../run-suite.ts";
import { regoFmt } from "./rego-fmt.ts";

const corpus = join(import.meta.dirname, "../../../../..", "shared", "corpora", "rego-extra", "format-testfiles");

suite("rego-fmt", () => {
  const folder = mkdtempSync(join(tmpdir(), "rego-fmt-"));
  test.after(() => rmSync(folder, { recursive: true }));
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  };

  test("a case passes where the layout or the error is the recorded one", async () => {
    write("v1/good.rego", "package   p\nq:=1");
    write("v1/good.rego.formatted", "package p\n\nq := 1\n");
    write("v0_to_v1/bad.rego", "package p\n\nif = 1\n");
    const message =
      "1 error occurred: where/it/was/bad.rego:3: rego_parse_error: if keyword cannot be used for rule name";
    write("v0_to_v1/bad.rego.error", message);
    const { passed, failures } = await runSuite(regoFmt, folder);
    assert.deepEqual(failures, []);
    assert.equal(passed, 2);
  });

  test("a layout that differs fails and says where; so does an error that did not come", async () => {
    write("v1/good.rego.formatted", "package p\n\nq := 2\n");
    write("v0_to_v1/bad.rego", "package p\n\nq = 1\n");
    const { passed, failures } = await runSuite(regoFmt, folder);
    assert.equal(passed, 0);
    assert.deepEqual(
      failures.map(({ name, message }) => `${name}: ${message}`),
      ["v0_to_v1/bad.rego: expected an error", 'v1/good.rego: line 3: expected "q := 2", was "q := 1"'],
    );
  });

  test(
    "every recorded layout is ours too",
    { skip: existsSync(corpus) ? false : "the recorded cases are not here" },
    async () => {
      const { passed, failures, skips } = await runSuite(regoFmt, corpus);
      assert.deepEqual(failures, []);
      assert.deepEqual(skips, []);
      assert.ok(passed > 160);
    },
  );
});
