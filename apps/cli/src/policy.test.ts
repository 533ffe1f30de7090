import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const UGLY = "package p\nx:=1\nallow if{input.a}\n";
const FORMATTED = "package p\n\nx := 1\nallow if input.a\n";
const BROKEN = "package p\nx := [1,\n";

suite("redoubt policy fmt", () => {
  test("prints what is piped in, laid out", async () => {
    assert.deepEqual(await captured("policy fmt", { stdin: UGLY }), { code: 0, stdout: FORMATTED, stderr: "" });
  });
  test("-w writes the files of a folder and those inside it, and no others", async (context) => {
    const folder = scratchFolder(context, { "a.rego": UGLY, "in/b.rego": UGLY, "c.txt": UGLY });
    assert.deepEqual(await captured(["policy", "fmt", "-w", folder]), { code: 0, stdout: "", stderr: "" });
    const read = (name: string): string => readFileSync(join(folder, name), "utf8");
    assert.deepEqual(["a.rego", "in/b.rego", "c.txt"].map(read), [FORMATTED, FORMATTED, UGLY]);
  });
  test("-l names the files that would change", async (context) => {
    const folder = scratchFolder(context, { "a.rego": UGLY, "b.rego": FORMATTED });
    const { code, stdout } = await captured(["policy", "fmt", "-l", folder]);
    assert.deepEqual([code, stdout], [0, `${join(folder, "a.rego")}\n`]);
  });
  test("-d prints a diff and leaves the file", async (context) => {
    const folder = scratchFolder(context, { "a.rego": UGLY });
    const { code, stdout } = await captured(["policy", "fmt", "-d", folder]);
    assert.match(stdout, /^--- a\/.*a\.rego\n\+\+\+ b\/.*a\.rego\n@@ .*\n package p\n-x:=1\n/);
    assert.equal(code, 0);
    assert.equal(readFileSync(join(folder, "a.rego"), "utf8"), UGLY);
  });
  const exits: readonly (readonly [string, string, number])[] = [
    ["--fail", UGLY, 1],
    ["--fail", FORMATTED, 0],
    ["-d --fail", UGLY, 1],
    ["-l --fail", FORMATTED, 0],
    ["-l", BROKEN, 3],
    ["-w -d", UGLY, 2],
    ["--capabilities /nowhere.json", UGLY, 2],
  ];
  for (const [flags, text, expected] of exits) {
    test(`${flags} of ${JSON.stringify(text)} ends with ${expected}`, async (context) => {
      const folder = scratchFolder(context, { "a.rego": text });
      const { code, stdout, stderr } = await captured(["policy", "fmt", ...flags.split(" "), folder]);
      assert.equal(code, expected, stdout + stderr);
    });
  }
  test("--v0-v1 brings up to date, --v0-compatible leaves as it is", async () => {
    const old = "package p\nx[y] { y := 1 }";
    const fresh = "package p\n\nimport rego.v1\n\nx contains y if y := 1\n";
    assert.equal((await captured("policy fmt --v0-v1", { stdin: old })).stdout, fresh);
    assert.equal(
      (await captured("policy fmt --v0-compatible", { stdin: old })).stdout,
      "package p\n\nx[y] {\n\ty := 1\n}\n",
    );
    assert.equal(
      (await captured("policy fmt --drop-v0-imports", { stdin: fresh })).stdout,
      fresh.replace("import rego.v1\n\n", ""),
    );
  });
  test("what does not parse is told with its line, and the rest is formatted", async (context) => {
    const folder = scratchFolder(context, { "a.rego": BROKEN, "b.rego": UGLY });
    const { code, stdout, stderr } = await captured(["policy", "fmt", folder]);
    assert.match(
      stderr,
      /a\.rego:3:0: error rego_parse_error: unexpected eof token\n {2}2 \| x := \[1,\n {4}\| {8}\^\n/,
    );
    assert.equal(stdout, FORMATTED);
    assert.equal(code, 3);
  });
  test("at a terminal without a path it says what it needs", async () => {
    const { code, stderr } = await captured("policy fmt");
    assert.match(stderr, /USAGE_INPUT_MISSING: nothing to read/);
    assert.equal(code, 2);
  });
});

suite("redoubt policy check", () => {
  const UNSAFE = "package p\n\nallow if {\n\tx == 1\n}\n";

  test("says nothing of what is right", async (context) => {
    const folder = scratchFolder(context, { "a.rego": FORMATTED, "data.json": "no json" });
    assert.deepEqual(await captured(["policy", "check", folder]), { code: 0, stdout: "", stderr: "" });
  });
  test("quotes the line and marks what is wrong", async (context) => {
    const folder = scratchFolder(context, { "a.rego": UNSAFE });
    const { code, stderr } = await captured(["policy", "check", join(folder, "a.rego")]);
    assert.equal(
      stderr.replace(folder, ""),
      "/a.rego:4:2: error rego_unsafe_var_error: var x is unsafe (`x == 1` needs a value for x, and nothing gives it one)\n  4 |  x == 1\n    |  ^\n",
    );
    assert.equal(code, 1);
  });
  test("-f json is OPA's", async (context) => {
    const folder = scratchFolder(context, { "a.rego": BROKEN });
    const file = join(folder, "a.rego");
    const { code, stderr } = await captured(["policy", "check", "-f", "json", file]);
    const parsed: unknown = JSON.parse(stderr);
    assert.deepEqual(parsed, {
      errors: [
        {
          message: "unexpected eof token",
          code: "rego_parse_error",
          location: { file, row: 3, col: 0 },
          details: { line: "x := [1,", idx: 7 },
        },
        {
          message: "unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
          code: "rego_parse_error",
          location: { file, row: 3, col: 0 },
          details: { line: "x := [1,", idx: 7 },
        },
      ],
    });
    assert.match(stderr, /\\u003cVALUE\\u003e/);
    assert.equal(code, 1);
  });
  test("--strict also finds what is unused", async (context) => {
    const folder = scratchFolder(context, { "a.rego": "package p\n\nallow if {\n\tx := 1\n}\n" });
    assert.equal((await captured(["policy", "check", folder])).code, 0);
    const { code, stderr } = await captured(["policy", "check", "-S", folder]);
    assert.match(stderr, /assigned var x unused\n {2}4 \|  x := 1\n/);
    assert.equal(code, 1);
  });
  test("-b takes bundles with the language that their manifest names", async (context) => {
    const folder = scratchFolder(context, { "a.rego": "package p\nx { true }", ".manifest": '{"rego_version": 0}' });
    assert.deepEqual(await captured(["policy", "check", "-b", folder]), { code: 0, stdout: "", stderr: "" });
    assert.equal((await captured(["policy", "check", folder])).code, 1);
    assert.equal((await captured(["policy", "check", "--v0-compatible", folder])).code, 0);
    assert.equal((await captured(["policy", "check", "--v0-v1", folder])).code, 1);
  });
  test("--schema checks what is read of the input, and what METADATA names", async (context) => {
    const schema = '{"type": "object", "properties": {"user": {"type": "string"}}, "additionalProperties": false}';
    const annotated = "# METADATA\n# schemas:\n# - input: schema.sub.review\nallow if input.usr\n";
    const folder = scratchFolder(context, {
      "a.rego": "package p\n\nallow if input.usr\n",
      "b.rego": `package p\n\n${annotated}`,
      "schemas/sub/review.json": schema,
    });
    const [a, b, schemas] = ["a.rego", "b.rego", "schemas"].map((name) => join(folder, name));
    const check = (...flags: readonly string[]): ReturnType<typeof captured> => captured(["policy", "check", ...flags]);
    assert.equal((await check(a ?? "", b ?? "")).code, 0);
    const ofInput = await check(a ?? "", "-s", join(folder, "schemas/sub/review.json"));
    assert.match(
      ofInput.stderr,
      /a\.rego:3:10: error rego_type_error: undefined ref: input\.usr\n.*\n {4}\| {10}\^{9}\n/,
    );
    assert.equal(ofInput.code, 1);
    assert.match(
      (await check(b ?? "", "-s", schemas ?? "")).stderr,
      /b\.rego:6:10: error rego_type_error: undefined ref/,
    );
    assert.match(
      (await check(a ?? "", "-s", "/nowhere")).stderr,
      /LOAD_UNREADABLE: --schema \/nowhere: does not exist/,
    );
  });
  test("--ignore leaves files out", async (context) => {
    const folder = scratchFolder(context, { "a.rego": FORMATTED, "a_test.rego": BROKEN });
    assert.equal((await captured(["policy", "check", folder, "--ignore", "*_test.rego"])).code, 0);
  });
  test("what cannot be read makes the answer incomplete", async () => {
    const { code, stderr } = await captured("policy check /nowhere/at/all.rego");
    assert.equal(stderr, "error LOAD_UNREADABLE: /nowhere/at/all.rego: does not exist\n");
    assert.equal(code, 3);
  });
  test("a long line is cut around what is wrong", async (context) => {
    const folder = scratchFolder(context, { "a.rego": `package p\nallow if { ${'"a" == "a"; '.repeat(50)}x == 1 }\n` });
    const { stderr } = await captured(["policy", "check", folder]);
    const [, line = "", mark = ""] = stderr.split("\n");
    assert.ok(line.length <= 126, line);
    assert.equal(line.charAt(mark.indexOf("^")), "x");
  });
  test("names in a policy cannot move the cursor", async (context) => {
    const folder = scratchFolder(context, { "a.rego": 'package p\nx := "\u001b[2J" + y\n' });
    const { stderr } = await captured(["policy", "check", folder]);
    assert.ok(!stderr.includes("\u001b"));
  });
});
