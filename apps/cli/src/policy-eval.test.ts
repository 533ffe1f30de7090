import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const evaluate = (query: string, ...flags: readonly string[]): ReturnType<typeof captured> =>
  captured(["policy", "eval", ...flags, query]);

suite("redoubt policy eval prints what opa eval prints", () => {
  test("as JSON, which is the default", async () => {
    assert.equal(
      (await evaluate('x := {"b": {1, 2}, "a": "<é>"}; x.a')).stdout,
      `{
  "result": [
    {
      "expressions": [
        {
          "value": true,
          "text": "x := {\\"b\\": {1, 2}, \\"a\\": \\"\\u003cé\\u003e\\"}",
          "location": {
            "row": 1,
            "col": 1
          }
        },
        {
          "value": "\\u003cé\\u003e",
          "text": "x.a",
          "location": {
            "row": 1,
            "col": 33
          }
        }
      ],
      "bindings": {
        "x": {
          "a": "\\u003cé\\u003e",
          "b": [
            1,
            2
          ]
        }
      }
    }
  ]
}
`,
    );
  });
  const TABLE = `┌───┬─────────┐
│ x │    y    │
├───┼─────────┤
│ 1 │ {"a":2} │
│ 2 │ {"a":2} │
└───┴─────────┘
`;
  const table: readonly (readonly [string, string, string])[] = [
    ["json", "input.x", "{}\n"],
    ["pretty", "input.x", "undefined\n"],
    ["pretty", "true; 1 == 1", "true\n"],
    ["pretty", '{"a": [1]}', '{\n  "a": [\n    1\n  ]\n}\n'],
    ["pretty", 'x = [1, 2][_]; y = {"a": 2}', TABLE],
    ["pretty", '"a"; 1', '┌─────┬───┐\n│ "a" │ 1 │\n├─────┼───┤\n│ "a" │ 1 │\n└─────┴───┘\n'],
    ["values", "x = [1, 2][_]; x > 1", "[\n  true,\n  true\n]\n"],
    ["bindings", "x = [1, 2][_]", '{\n  "x": 1\n}\n{\n  "x": 2\n}\n'],
    ["raw", 'x = ["a", {"b": 1}][_]; x', 'true a\ntrue {"b":1}\n'],
    ["discard", "1", '{\n  "result": "discarded"\n}\n'],
    ["discard", "false == true; 1 == 2", "{}\n"],
    ["values", "12345678901234567890 + 1", "[\n  12345678901234567891\n]\n"],
  ];
  for (const [format, query, expected] of table) {
    test(`-f ${format}: ${query}`, async () => {
      const { code, stdout, stderr } = await evaluate(query, "-f", format);
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: expected, stderr: "" });
    });
  }
});

suite("what redoubt policy eval reads", () => {
  const POLICY = 'package p\n\nallow if input.user in data.users\n\nhello := sprintf("hello %s", [input.user])\n';
  const files = {
    "p.rego": POLICY,
    "data.json": '{"users": ["bob"]}',
    "input.json": '{"user": "bob"}',
    "input.yaml": "user: alice\n",
    "bundle/.manifest": '{"roots": ["users"]}',
    "bundle/users/data.json": '["alice"]',
  };
  const run = async (context: Parameters<typeof scratchFolder>[0], line: string, stdin?: string): Promise<string> => {
    const folder = scratchFolder(context, files);
    const words = line
      .split(" ")
      .map((word) => (/\.(?:rego|json|yaml)$|^bundle$/.test(word) ? join(folder, word) : word));
    const { code, stdout, stderr } = await captured(
      ["policy", "eval", "-f", "raw", ...words],
      stdin === undefined ? {} : { stdin },
    );
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const table: readonly (readonly [string, string, string, string?])[] = [
    ["policies, data and input", "-d p.rego -d data.json -i input.json data.p.allow", "true\n"],
    ["input in YAML", "-d p.rego -i input.yaml data.p.hello", "hello alice\n"],
    ["input from a pipe", "-d p.rego -I data.p.hello", "hello eve\n", '{"user": "eve"}'],
    ["a query from a pipe", "-d p.rego -i input.json --stdin", "hello bob\n", "data.p.hello"],
    ["a bundle over data", "-d p.rego -d data.json -b bundle -i input.yaml data.p.allow", "true\n"],
    ["a package", "-d p.rego -i input.json --package p hello", "hello bob\n"],
    ["imports", "-d p.rego -i input.json --import data.p p.hello", "hello bob\n"],
  ];
  for (const [title, line, expected, stdin] of table) {
    test(title, async (context) => {
      assert.equal(await run(context, line, stdin), expected);
    });
  }
  test("print goes to standard error", async () => {
    const { stdout, stderr } = await evaluate('print("a", 1); 2', "-f", "raw");
    assert.match(stdout, /2\n$/);
    assert.equal(stderr, "a 1\n");
  });
});

suite("how redoubt policy eval ends", () => {
  const table: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["1"], 0, /^$/],
    [["--fail", "input.x"], 1, /^$/],
    [["--fail", "1"], 0, /^$/],
    [["--fail-defined", "1"], 1, /^$/],
    [["--fail-defined", "input.x"], 0, /^$/],
    [["--fail", "--fail-defined", "1"], 2, /exclude each other/],
    [[], 2, /needs QUERY/],
    [["--stdin", "1"], 2, /exclude each other/],
    [["-i", "x.json", "-I", "1"], 2, /exclude each other/],
    [["-i", "/nowhere.json", "1"], 2, /CONFIG_READ: --input \/nowhere\.json cannot be read/],
    [["-f", "pretty", "1 +"], 2, /<query>:1:3: error rego_parse_error/],
    [
      ["-f", "pretty", "x"],
      2,
      /<query>:1:1: error rego_unsafe_var_error: var x is unsafe \(nothing gives x a value\)\n {2}1 \| x\n {4}\| \^\n$/,
    ],
    [["-f", "pretty", 'starts_with("a", "b")'], 2, /undefined function starts_with \(did you mean startswith\?\)/],
    [
      ["-f", "pretty", "--strict-builtin-errors", "1 / 0"],
      3,
      /<query>:1:1: error eval_builtin_error: div: divide by zero/,
    ],
    [["-f", "pretty", "-d", "/nowhere", "1"], 3, /LOAD_UNREADABLE: \/nowhere: does not exist/],
    [["--capabilities", "/nowhere", "1"], 2, /CONFIG_READ: --capabilities/],
    [
      ["-f", "pretty", "--timeout", "20ms", "count([1 | numbers.range(1, 20000)[_]; numbers.range(1, 20000)[_]])"],
      3,
      /eval_cancel_error/,
    ],
  ];
  for (const [words, expected, message] of table) {
    test(`${words.join(" ")} ends with ${expected}`, async () => {
      const { code, stderr } = await captured(["policy", "eval", ...words], { stdin: "" });
      assert.match(stderr, message);
      assert.equal(code, expected);
    });
  }
  test("errors are JSON where results are", async () => {
    const { stdout } = await evaluate("1 / 0", "--strict-builtin-errors");
    assert.deepEqual(JSON.parse(stdout), {
      errors: [{ message: "div: divide by zero", code: "eval_builtin_error", location: { file: "", row: 1, col: 1 } }],
    });
  });
  test("what capabilities leave out cannot be called", async (context) => {
    const folder = scratchFolder(context, { "c.json": '{"features": ["rego_v1"], "builtins": []}' });
    const { code, stderr } = await evaluate("count([1])", "-f", "pretty", "--capabilities", join(folder, "c.json"));
    assert.match(stderr, /undefined function count/);
    assert.equal(code, 2);
  });
});

/** As the hardening guide has it, for pods with several containers. */
const ADMISSION = `package kubernetes.admission

deny[msg] {
  input.request.kind.kind == "Pod"
  container := input.request.object.spec.containers[_]
  not starts_with(container.image, "registry.company.com/")
  msg := sprintf("%s: images must be from the approved registry", [container.name])
}

deny[msg] {
  input.request.kind.kind == "Pod"
  container := input.request.object.spec.containers[_]
  container.securityContext.privileged == true
  msg := sprintf("%s: privileged containers are not allowed", [container.name])
}
`;
const REVIEW = JSON.stringify({
  request: {
    kind: { kind: "Pod" },
    object: {
      spec: {
        containers: [
          { name: "web", image: "registry.company.com/web:1" },
          { name: "proxy", image: "docker.io/proxy:1" },
          { name: "agent", image: "quay.io/agent:1", securityContext: { privileged: true } },
        ],
      },
    },
  },
});

suite("an admission policy with a function of another language", () => {
  const deny = async (context: Parameters<typeof scratchFolder>[0], policy: string): ReturnType<typeof captured> => {
    const folder = scratchFolder(context, { "policy.rego": policy });
    return captured(
      [
        "policy",
        "eval",
        "--v0-compatible",
        "-f",
        "pretty",
        "-d",
        join(folder, "policy.rego"),
        "-I",
        "data.kubernetes.admission.deny",
      ],
      { stdin: REVIEW },
    );
  };
  test("is refused with the place and what was meant", async (context) => {
    const { code, stdout, stderr } = await deny(context, ADMISSION);
    assert.equal(
      stderr.replace(/^.*\/policy/, "policy"),
      `policy.rego:6:3: error rego_type_error: undefined function starts_with (did you mean startswith?)
  6 |   not starts_with(container.image, "registry.company.com/")
    |       ^^^^^^^^^^^
`,
    );
    assert.deepEqual([code, stdout], [3, ""]);
  });
  test("with that word mended denies, one message for each container that breaks a rule", async (context) => {
    const { code, stdout, stderr } = await deny(context, ADMISSION.replace("starts_with", "startswith"));
    assert.deepEqual(JSON.parse(stdout), [
      "agent: images must be from the approved registry",
      "agent: privileged containers are not allowed",
      "proxy: images must be from the approved registry",
    ]);
    assert.deepEqual([code, stderr], [0, ""]);
  });
});

suite("redoubt policy parse", () => {
  test("prints the tree as opa parse does", async (context) => {
    const folder = scratchFolder(context, { "a.rego": "package p\n\nx := 1.50 # why\n" });
    const { code, stdout } = await captured(["policy", "parse", join(folder, "a.rego"), "--json-include", "-comments"]);
    assert.deepEqual(JSON.parse(stdout), {
      package: {
        path: [
          { type: "var", value: "data" },
          { type: "string", value: "p" },
        ],
      },
      rules: [
        {
          body: [{ generated: true, index: 0, terms: { type: "boolean", value: true } }],
          head: {
            name: "x",
            value: { type: "number", value: 1.5 },
            assign: true,
            ref: [{ type: "var", value: "x" }],
          },
        },
      ],
    });
    assert.match(stdout, /"value": 1\.50/);
    assert.equal(code, 0);
  });
  test("what does not parse is told", async (context) => {
    const folder = scratchFolder(context, { "a.rego": "package p\nx := [" });
    const { code, stderr } = await captured(["policy", "parse", join(folder, "a.rego")]);
    assert.match(stderr, /rego_parse_error: unexpected eof token\n {2}2 \| x := \[\n {4}\| {6}\^\n/);
    assert.equal(code, 1);
  });
  test("parts that there are not are refused", async () => {
    assert.equal((await captured("policy parse a.rego --json-include everything")).code, 2);
  });
});

suite("what redoubt policy eval tells beside the result", () => {
  const POLICY = `package p

allow if {
	trace("looking")
	input.user == "bob"
	input.level > 3
}

allow if input.user == "root"
`;
  const told = async (
    context: Parameters<typeof scratchFolder>[0],
    ...flags: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string }> => {
    const folder = scratchFolder(context, { "p.rego": POLICY });
    const line = ["policy", "eval", "-d", join(folder, "p.rego"), "-I", ...flags, "data.p.allow"];
    const { code, stdout } = await captured(line, { stdin: '{"user": "bob", "level": 2}' });
    return { code, stdout: stdout.replaceAll(`${folder}/`, "").replaceAll(/^(query:\d+) +/gm, "$1  ") };
  };
  test("--explain fails: the rules that were tried, and what failed in them", async (context) => {
    const { stdout } = await told(context, "-f", "pretty", "--explain", "fails");
    assert.equal(
      stdout,
      `p.rego:3  | Enter allow
p.rego:6  | Fail input.level > 3
p.rego:9  | Enter allow
p.rego:9  | Fail input.user == "root"
query:1  Fail data.p.allow
undefined
`,
    );
  });
  test("--explain notes: what trace says", async (context) => {
    const { stdout } = await told(context, "-f", "pretty", "--explain", "notes");
    assert.match(stdout, /^p\.rego:3 +\| Enter allow\np\.rego:4 +\| Note "looking"\n/);
  });
  test("--explain full: everything", async (context) => {
    const { stdout } = await told(context, "-f", "pretty", "--explain", "full");
    assert.match(
      stdout,
      /p\.rego:5 +\| Eval input\.user == "bob"\n(?:.*\n)*p\.rego:6 +\| Eval input\.level > 3\np\.rego:6 +\| Fail/,
    );
  });
  test("--explain needs lines of text to tell it in", async (context) => {
    assert.equal((await told(context, "--explain", "full")).code, 2);
  });
  test("--coverage: the lines that were used", async (context) => {
    const { stdout } = await told(context, "--coverage");
    assert.match(stdout, /"coverage": \{\n {4}"files": \{\n {6}"p\.rego": \{/);
    assert.match((await told(context, "--coverage", "-f", "pretty")).stdout, /│ Overall Coverage │ \d+\.\d\d │/);
  });
  test("--profile: the lines that took the time", async (context) => {
    const { profile }: { profile: { location: { row: number }; num_eval: number; total_time_ns: number }[] } =
      JSON.parse((await told(context, "--profile")).stdout);
    const rows = profile.map(({ location, num_eval: evaluations }) => `${location.row}:${evaluations}`);
    assert.ok(rows.includes("5:1"), rows.join());
    assert.ok(profile.every(({ total_time_ns: time }) => time > 0));
    assert.match((await told(context, "--profile", "-f", "pretty")).stdout, /│ +Time +│ Num Eval │/);
  });
});

suite("redoubt policy bench", () => {
  const table: readonly (readonly [string, RegExp])[] = [
    ["pretty", /│ samples +│ \d+ +│\n│ ns\/op +│ [\d.]+ +│\n/],
    ["json", /^\{\n {2}"N": \d+,\n {2}"T": \d+,\n {2}"Extra": \{\n {4}"histogram_timer_rego_query_eval_ns_75%": \d+/],
    ["gobench", /^BenchmarkRegoEval\t\d+\t[\d.]+ ns\/op\n$/],
  ];
  for (const [format, expected] of table) {
    test(`-f ${format}`, async () => {
      const { code, stdout } = await captured(["policy", "bench", "-f", format, "--benchtime", "20ms", "1 + 1"]);
      assert.match(stdout, expected);
      assert.equal(code, 0);
    });
  }
  const exits: readonly (readonly [string, number])[] = [
    ["input.x", 1],
    ["1 +", 2],
    ["x", 2],
  ];
  for (const [query, expected] of exits) {
    test(`${query} ends with ${expected}`, async () => {
      assert.equal((await captured(["policy", "bench", query])).code, expected);
    });
  }
});
