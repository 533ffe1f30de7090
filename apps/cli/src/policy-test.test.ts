import assert from "node:assert/strict";
import { type TestContext, suite, test } from "node:test";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const POLICY = `package authz

default allow := false

allow if {
	input.path == ["users"]
	input.method == "POST"
}

allow if {
	some role in data.roles[input.user]
	role == "admin"
}
`;
const PASSING = `package authz_test

import data.authz

test_post if {
	authz.allow with input as {"path": ["users"], "method": "POST"}
}
`;
const FAILING = `${PASSING}
test_role if {
	u := "bob"
	authz.allow with input as {"user": u} with data.roles as {"bob": ["dev"]}
	print("never")
}

todo_test_later if false

test_sum[tc.note] if {
	some tc in [{"note": "one", "in": 1, "want": 2}, {"note": "two", "in": 2, "want": 5}]
	got := tc.in + 1
	print("got", got)
	got == tc.want
}

test_twice if true

test_twice if input.x == 1

test_conflict if {
	{k: v | some v in [1, 2]; k := "a"}
}
`;

async function run(
  context: Pick<TestContext, "after">,
  tests: string,
  ...flags: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const folder = scratchFolder(context, { "authz.rego": POLICY, "authz_test.rego": tests });
  const { code, stdout, stderr } = await captured(["policy", "test", folder, ...flags]);
  const clean = (text: string): string =>
    text.replaceAll(`${folder}/`, "").replaceAll(/\((?:\d+(?:\.\d+)?)(?:ns|µs|ms|s)\)/g, "(TIME)");
  return { code, stdout: clean(stdout), stderr: clean(stderr) };
}

suite("redoubt policy test", () => {
  test("tells in two lines that all is well", async (context) => {
    assert.deepEqual(await run(context, PASSING), { code: 0, stdout: "PASS: 1/1\n", stderr: "" });
  });
  test("-v lists what passes", async (context) => {
    const { stdout } = await run(context, PASSING, "-v");
    assert.match(stdout, /^authz_test\.rego:5:\ndata\.authz_test\.test_post: PASS \(TIME\)\n-{80}\nPASS: 1\/1\n$/);
  });
  test("shows what fails line by line, with the values that made it fail", async (context) => {
    const { code, stdout } = await run(context, FAILING);
    assert.equal(
      stdout,
      `authz_test.rego:9:
data.authz_test.test_role: FAIL (TIME)
  10 ✓ u := "bob"
        u: "bob"
  11 ✗ authz.allow with input as {"user": u} with data.roles as {"bob": ["dev"]}
        authz.allow: false
        allow (authz.rego:5) did not hold:
          6 ✗ input.path == ["users"]
               input.path: undefined
          7   input.method == "POST"
        allow (authz.rego:10) did not hold:
          11 ✓ some role in data.roles[input.user]
                role: "dev"
                data.roles[input.user]: ["dev"]
                input.user: "bob"
          12 ✗ role == "admin"
                role: "dev"
  12   print("never")
authz_test.rego:15:
data.authz_test.todo_test_later: SKIPPED
authz_test.rego:17:
data.authz_test.test_sum: FAIL (TIME)
  two: FAIL
  18 ✓ some tc in [{"note": "one", "in": 1, "want": 2}, {"note": "two", "in": 2, "want": 5}]
        tc: {"in": 2, "note": "two", "want": 5}
  19 ✓ got := tc.in + 1
        got: 3
        tc.in: 2
  20 ✓ print("got", got)
        got: 3
  21 ✗ got == tc.want
        got: 3
        tc.want: 5

  got 2
  got 3

authz_test.rego:26:
data.authz_test.test_twice#01: FAIL (TIME)
  26 ✗ input.x == 1
        input.x: undefined
authz_test.rego:28:
data.authz_test.test_conflict: ERROR (TIME)
  authz_test.rego:29:3: error eval_conflict_error: object keys must be unique
    29 |  {k: v | some v in [1, 2]; k := "a"}
       |   ^
--------------------------------------------------------------------------------
PASS: 3/8
FAIL: 3/8
SKIPPED: 1/8
ERROR: 1/8
`,
    );
    assert.equal(code, 1);
  });
  test("-f json is opa test's", async (context) => {
    const { code, stdout } = await run(context, FAILING, "-f", "json");
    const results: { duration: number; name: string }[] = JSON.parse(stdout);
    assert.ok(results.every(({ duration }) => Number.isInteger(duration)));
    const place = (row: number): object => ({ file: "authz_test.rego", row, col: 1 });
    const base = { package: "data.authz_test", duration: 0 };
    assert.deepEqual(
      results.map((result) => ({ ...result, duration: 0 })),
      [
        { ...base, location: place(5), name: "test_post" },
        { ...base, location: place(9), name: "test_role", fail: true },
        { ...base, location: place(15), name: "todo_test_later", skip: true },
        {
          ...base,
          location: place(17),
          name: "test_sum",
          fail: true,
          output: Buffer.from("got 2\ngot 3\n").toString("base64"),
          sub_results: { one: { name: "one" }, two: { name: "two", fail: true } },
        },
        { ...base, location: place(24), name: "test_twice" },
        { ...base, location: place(26), name: "test_twice#01", fail: true },
        {
          ...base,
          location: place(28),
          name: "test_conflict",
          error: {
            code: "eval_conflict_error",
            message: "object keys must be unique",
            location: { file: "authz_test.rego", row: 29, col: 3 },
          },
        },
      ],
    );
    assert.equal(code, 1);
  });
  test("-f junit is XML with the reasons", async (context) => {
    const { stdout } = await run(context, FAILING, "-f", "junit");
    assert.match(
      stdout,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="7" failures="3" errors="1" skipped="1" time="[\d.]+">\n/,
    );
    assert.match(stdout, /<testcase classname="data\.authz_test" name="todo_test_later" .*>\n\s+<skipped\/>/);
    assert.match(
      stdout,
      /<failure message="the test did not hold">.*✗ authz\.allow with input as \{&quot;user&quot;: u\}/s,
    );
    assert.match(stdout, /<error message="object keys must be unique">/);
    assert.match(stdout, /<system-out>got 2\ngot 3\n<\/system-out>/);
  });
  test("--run chooses by full name", async (context) => {
    const { code, stdout } = await run(context, FAILING, "--run", "authz_test\\.test_post$", "-v");
    assert.match(stdout, /PASS: 1\/1\n$/);
    assert.equal(code, 0);
  });
  test("a test that takes too long is an error", async (context) => {
    const slow =
      "package slow_test\n\ntest_slow if count([1 | numbers.range(1, 20000)[_]; numbers.range(1, 20000)[_]]) > 0\n";
    const { code, stdout } = await run(context, slow, "--timeout", "20ms");
    assert.match(stdout, /eval_cancel_error/);
    assert.equal(code, 1);
  });
  test("-c prints what the tests use, as opa test does", async (context) => {
    const { code, stdout } = await run(context, PASSING, "-c");
    const report: unknown = JSON.parse(stdout);
    assert.deepEqual(report, {
      files: {
        "authz.rego": {
          covered: [
            { start: { row: 5, col: 1 }, end: { row: 5, col: 6 } },
            { start: { row: 6, col: 2 }, end: { row: 6, col: 25 } },
            { start: { row: 7, col: 2 }, end: { row: 7, col: 24 } },
          ],
          not_covered: [
            { start: { row: 3, col: 1 }, end: { row: 3, col: 8 } },
            { start: { row: 3, col: 9 }, end: { row: 3, col: 23 } },
            { start: { row: 10, col: 1 }, end: { row: 10, col: 6 } },
            { start: { row: 12, col: 2 }, end: { row: 12, col: 17 } },
          ],
          covered_lines: 3,
          not_covered_lines: 3,
          coverage: 50,
        },
        "authz_test.rego": {
          covered: [
            { start: { row: 5, col: 1 }, end: { row: 5, col: 10 } },
            { start: { row: 6, col: 2 }, end: { row: 6, col: 65 } },
          ],
          covered_lines: 2,
          coverage: 100,
        },
      },
      covered_lines: 5,
      not_covered_lines: 3,
      coverage: 62.5,
    });
    assert.equal(code, 0);
  });
  test("--threshold tells what is not used", async (context) => {
    const { code, stdout, stderr } = await run(context, PASSING, "--threshold", "80");
    assert.deepEqual([code, stdout], [4, ""]);
    assert.equal(
      stderr,
      "the tests use 62.50 % of the policies, less than 80 %\n  not used: authz.rego:3\n  not used: authz.rego:10\n  not used: authz.rego:12\n",
    );
  });
  const exits: readonly (readonly [string, readonly string[], number])[] = [
    [PASSING, ["--threshold", "60"], 0],
    [PASSING, ["--run", "nothing"], 0],
    [PASSING, ["--run", "nothing", "--fail-on-empty"], 1],
    [PASSING, ["--run", "["], 2],
    ["package a\nx := ]", [], 3],
    ["package a\nx := nothing_known(1)", [], 3],
    ["package a_test\ntodo_test_x if true", [], 1],
  ];
  for (const [tests, flags, expected] of exits) {
    test(`${JSON.stringify(tests.slice(0, 40))} ${flags.join(" ")} ends with ${expected}`, async (context) => {
      const { code, stdout, stderr } = await run(context, tests, ...flags);
      assert.equal(code, expected, stdout + stderr);
    });
  }
});

suite("redoubt policy test --bench", () => {
  test("measures each test that passes, and tells of those that do not", async (context) => {
    const { code, stdout } = await run(context, FAILING, "--bench", "--run", "test_post|test_role|test_conflict");
    assert.match(stdout, /^data\.authz_test\.test_post\t\d+\t[\d.]+ ns\/op\ndata\.authz_test\.test_role: FAIL\n/);
    assert.match(stdout, /test_conflict: ERROR\n {2}authz_test\.rego:29:3: error eval_conflict_error/);
    assert.equal(code, 1);
  });
  test("has a format of its own", async (context) => {
    assert.equal((await run(context, PASSING, "--bench", "-f", "json")).code, 2);
  });
});

suite("redoubt policy coverage", () => {
  const coverage = async (
    context: Pick<TestContext, "after">,
    tests: string,
    ...flags: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> => {
    const folder = scratchFolder(context, { "authz.rego": POLICY, "authz_test.rego": tests });
    const { code, stdout, stderr } = await captured(["policy", "coverage", folder, ...flags]);
    return { code, stdout: stdout.replaceAll(`${folder}/`, ""), stderr };
  };
  test("tells what is not used, file by file", async (context) => {
    const { code, stdout } = await coverage(context, PASSING);
    assert.deepEqual(
      stdout.split("\n").map((line) => line.trim().split(/ {2,}/)),
      [
        ["FILE", "USED", "LINES NOT USED"],
        ["authz.rego", "50.0 %", "3, 10, 12"].slice(0, 3),
        ["authz_test.rego", "100.0 %"],
        ["all", "62.5 %"],
        [""],
      ],
    );
    assert.equal(code, 0);
  });
  test("-f json is what policy test -c prints", async (context) => {
    const { stdout } = await coverage(context, PASSING, "-f", "json");
    assert.match(stdout, /"covered_lines": 5,\n {2}"not_covered_lines": 3,\n {2}"coverage": 62\.5\n\}\n$/);
  });
  test("--threshold and tests that fail decide how it ends", async (context) => {
    assert.equal((await coverage(context, PASSING, "--threshold", "70")).code, 4);
    const { code, stderr } = await coverage(context, FAILING);
    assert.match(stderr, /test_role: FAIL/);
    assert.equal(code, 1);
  });
});
