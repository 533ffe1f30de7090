import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { suite, test } from "node:test";
import { commands } from "./commands/index.ts";
import { run } from "./run.ts";
import { captured } from "./testing/captured-run.ts";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
`;

suite("wrong usage ends with 2, says what is wrong and where help is", () => {
  const table: readonly (readonly [string, string])[] = [
    ["scna x", 'USAGE_COMMAND_UNKNOWN: there is no command "scna"; did you mean "redoubt scan"?\nSee: redoubt --help'],
    [
      "deploy.yaml",
      'USAGE_COMMAND_UNKNOWN: there is no command "deploy.yaml"; to assess that path: redoubt scan deploy.yaml',
    ],
    ["frobnicate", 'USAGE_COMMAND_UNKNOWN: there is no command "frobnicate"; redoubt --help lists the commands'],
    ["pod-security", "USAGE_COMMAND_MISSING: redoubt pod-security needs one of check, migrate"],
    [
      "pod-security chekc",
      'USAGE_COMMAND_UNKNOWN: redoubt pod-security has no command "chekc"; did you mean "redoubt pod-security check"?',
    ],
    ["pod-security x", 'USAGE_COMMAND_UNKNOWN: redoubt pod-security has no command "x"; there are check, migrate'],
    ["pod-securty check x", 'there is no command "pod-securty"; did you mean "redoubt pod-security"?'],
    ["--versoin", "USAGE_FLAG_UNKNOWN: redoubt has no flag --versoin; did you mean --version?"],
    ["--frobnicate", "USAGE_FLAG_UNKNOWN: redoubt has no flag --frobnicate; put a command first, such as redoubt scan"],
    [
      "scan --recursiv x",
      "USAGE_FLAG_UNKNOWN: redoubt scan has no flag --recursiv; did you mean --recursive?\nSee: redoubt scan --help",
    ],
    ["scan --write x", "USAGE_FLAG_UNKNOWN: redoubt scan has no flag --write; it is a flag of redoubt fix"],
    ["scan", "USAGE_INPUT_MISSING: nothing to read"],
    ["scan x --fail-on hihg", 'USAGE_FLAG_VALUE: --fail-on does not take "hihg", did you mean high?'],
    ["scan x -o tabel", 'USAGE_FLAG_VALUE: -o does not take "tabel", did you mean table?'],
    ["scan x -o json -o yaml", "USAGE_OUTPUT: only one format can go to standard output, got json and yaml"],
    ["scan x --min-score 200", 'USAGE_FLAG_VALUE: --min-score is a number from 0 to 100, not "200"'],
    ["scan x --control PDO-001", 'CONTROL_UNKNOWN: there is no control "PDO-001"; did you mean POD-001'],
    [
      "scan x --control POD-001 --layer infrastructure",
      "USAGE_FLAG_CONFLICT: --control, --skip-control and --layer together leave no control",
    ],
    ["scan x -l a=b=c", "USAGE_FLAG_VALUE: -l a=b=c is no label selector"],
    ["scan x --baseline nowhere.json", "CONFIG_READ: --baseline nowhere.json cannot be read: it does not exist"],
    ["scan x --exceptions nowhere.yaml", "CONFIG_READ: --exceptions nowhere.yaml cannot be read: it does not exist"],
    ["fix", "USAGE_INPUT_MISSING: nothing to fix"],
    ["fix x --diff --write", "USAGE_FLAG_CONFLICT: --diff shows what --write would change: give one of them"],
    ["explain", "USAGE_ARGUMENT_MISSING: redoubt explain needs CONTROL"],
    ["explain pod-999", 'CONTROL_UNKNOWN: there is no control "pod-999"'],
    ["controls x", 'USAGE_ARGUMENT_UNEXPECTED: redoubt controls takes no argument, got "x"'],
    ["controls --item rbca", 'USAGE_FLAG_VALUE: --item does not take "rbca", did you mean rbac?'],
    [
      "pod-security check x --level strict",
      'USAGE_FLAG_VALUE: --level does not take "strict" (one of privileged, baseline, restricted)',
    ],
    ["pod-security check x --version 1.34", 'USAGE_FLAG_VALUE: --version is v1.0 and up, or latest, not "1.34"'],
    ["completion", "USAGE_ARGUMENT_MISSING: redoubt completion needs SHELL"],
    ["completion tcsh", 'USAGE_ARGUMENT_VALUE: SHELL is one of bash, zsh, fish, not "tcsh"'],
    ["help scna", 'USAGE_COMMAND_UNKNOWN: there is no command "scna"; did you mean "redoubt scan"?'],
    ["version -o xml", 'USAGE_FLAG_VALUE: -o does not take "xml"'],
  ];
  for (const [line, message] of table) {
    test(`redoubt ${line}`, async () => {
      const { code, stdout, stderr } = await captured(line);
      assert.equal(stdout, "");
      assert.ok(stderr.includes(message), stderr);
      assert.match(stderr, /^redoubt: error /);
      assert.equal(code, 2);
    });
  }
});

suite("help", () => {
  for (const line of ["", "--help", "-h", "help"]) {
    test(`redoubt ${line}`, async () => {
      const { code, stdout, stderr } = await captured(line);
      assert.equal(stderr, "");
      assert.match(stdout, /^Redoubt: defence in depth for Kubernetes\..*\n\nUsage: redoubt COMMAND \[flags\]\n/);
      assert.doesNotMatch(stdout, /__complete/);
      assert.equal(code, 0);
    });
  }
  for (const command of commands) {
    const line = command.path.join(" ");
    test(`redoubt ${line} --help has an example, fits 100 columns, and wins over other mistakes`, async () => {
      const { code, stdout } = await captured(
        `${line} --min-score=x --help`.replace("--min-score=x", line === "scan" ? "--min-score=x" : ""),
      );
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Usage: redoubt ${line} `), stdout);
      assert.match(stdout, /\nExamples:\n {2}# .*\n {2}.*redoubt/);
      const long = stdout.split("\n").filter((row) => row.length > 100 && !row.includes("redoubt "));
      assert.deepEqual(long, []);
    });
  }
  test("redoubt help pod-security check is the same as redoubt pod-security check --help", async () => {
    const [first, second] = [await captured("help pod-security check"), await captured("pod-security check -h")];
    assert.equal(first.stdout, second.stdout);
  });
  test("redoubt pod-security --help lists its commands", async () => {
    const { code, stdout } = await captured("pod-security --help");
    assert.match(stdout, /pod-security check .*\n {2}pod-security migrate /);
    assert.equal(code, 0);
  });
  test("no two flags of a command share a name or a letter", () => {
    for (const { path, flags } of commands) {
      const names = flags.flatMap(({ name, short }) => [name, ...(short === undefined ? [] : [short])]);
      assert.equal(new Set(names).size, names.length, path.join(" "));
    }
  });
});

suite("version", () => {
  test("redoubt --version", async () => {
    assert.match((await captured("--version")).stdout, /^redoubt \d+\.\d+\.\d+\n$/);
  });
  test("redoubt version -o json", async () => {
    const value: unknown = JSON.parse((await captured("version -o json")).stdout);
    assert.deepEqual(Object.keys(Object(value)), ["redoubt", "node"]);
  });
});

suite("what the command line quotes cannot move the cursor", () => {
  test("a command with escape sequences", async () => {
    const { stderr } = await captured(["\u001B[2Jscan"]);
    assert.ok(!stderr.includes("\u001B"), stderr);
  });
});

suite("colour", () => {
  const table: readonly (readonly [string, boolean, Readonly<Record<string, string>>, boolean])[] = [
    ["a terminal", true, {}, true],
    ["a pipe", false, {}, false],
    ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, false],
    ["a terminal with an empty NO_COLOR", true, { NO_COLOR: "" }, true],
    ["a pipe with FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
    ["a terminal with FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, false],
    ["a pipe with NO_COLOR and FORCE_COLOR", false, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["a dumb terminal", true, { TERM: "dumb" }, false],
  ];
  for (const [what, terminal, env, colored] of table) {
    test(`${what} ${colored ? "gets" : "gets no"} colour`, async () => {
      const { stdout } = await captured("explain POD-001", { terminal, env });
      assert.equal(stdout.includes("\u001B["), colored);
    });
  }
});

suite("progress", () => {
  test("is on stderr of a terminal, and gone at the end", async () => {
    const { stderr } = await captured("pod-security check", { stdin: DEPLOYMENT, terminal: true });
    assert.match(stderr, /reading 1\/1 <stdin>/);
    assert.ok(stderr.endsWith("\r\u001B[K"));
  });
  test("is nowhere else", async () => {
    const { stderr } = await captured("pod-security check", { stdin: DEPLOYMENT });
    assert.equal(stderr, "");
  });
});

/** Runs a line on a standard output that throws. */
async function failing(line: string): Promise<{ readonly code: number; readonly stderr: string }> {
  let stderr = "";
  const code = await run(line.split(" "), {
    stdout: {
      isTTY: false,
      columns: undefined,
      write: () => {
        throw new TypeError("first line\nsecond line");
      },
    },
    stderr: {
      isTTY: false,
      columns: undefined,
      write: (text) => {
        stderr += text;
      },
    },
    stdin: Object.assign(Readable.from([]), { isTTY: true }),
    env: {},
    now: () => new Date(0),
  });
  return { code, stderr };
}

suite("an unexpected error", () => {
  test("is one clear line and ends with 2", async () => {
    const { code, stderr } = await failing("version");
    assert.equal(
      stderr,
      "redoubt: error INTERNAL: first line (a fault of Redoubt, please report it; --debug shows where it happened)\n",
    );
    assert.equal(code, 2);
  });
  test("shows its stack with --debug", async () => {
    const { code, stderr } = await failing("--debug version");
    assert.match(stderr, /^redoubt: error INTERNAL: TypeError: first line\nsecond line\n {4}at /);
    assert.equal(code, 2);
  });
});
