import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { REPORT_FORMATS } from "@redoubt/posture";
import { REPORT_FORMATS as OFFERED } from "./commands/scan.ts";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

/** Has a high finding (privilege escalation) and ones with a fix. */
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: { app: web }
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web # the shop
          image: registry.example.com/web:1.4.2
          securityContext:
            privileged: true
`;
const CONFIG_MAP =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: shop\ndata: { color: blue }\n";
const BROKEN = "apiVersion: v1\nkind: Pod\nmetadata: [\n";

function scoreAndChecklist(report: string): { readonly score: unknown; readonly checklist: unknown } {
  const { score, checklist }: { score: unknown; checklist: unknown } = JSON.parse(report);
  return { score, checklist };
}

function exceptionUntil(expires: string): string {
  return `exceptions:\n- control: POD-001\n  match: { name: web }\n  reason: a driver\n  owner: shop\n  expires: ${expires}\n`;
}

function inNamespaceWithLevel(level: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: ${level}\n---\n${DEPLOYMENT}`;
}

suite("exit codes", () => {
  const files = {
    "web.yaml": DEPLOYMENT,
    "settings.yaml": CONFIG_MAP,
    "broken.yaml": BROKEN,
    "sub/web.yaml": DEPLOYMENT,
  };
  const table: readonly (readonly [string, number])[] = [
    ["scan settings.yaml", 0],
    ["scan web.yaml", 1],
    ["scan web.yaml --fail-on none", 0],
    ["scan web.yaml --control POD-060", 0],
    ["scan web.yaml --severity critical --fail-on low --control POD-017", 1],
    ["scan web.yaml -l app=other --control POD-001", 0],
    ["scan web.yaml -l app=web --control POD-001", 1],
    ["scan web.yaml --fail-on none --min-score 99", 4],
    ["scan web.yaml --min-score 99", 1],
    ["scan broken.yaml", 3],
    ["scan broken.yaml web.yaml", 3],
    ["scan nowhere.yaml", 3],
    ["scan web.yaml --fail-on hgih", 2],
    ["fix settings.yaml", 0],
    ["fix web.yaml", 1],
    ["fix broken.yaml web.yaml", 3],
    ["checklist web.yaml", 1],
    ["checklist broken.yaml", 3],
    ["pod-security check web.yaml", 0],
    ["pod-security check web.yaml --level privileged", 0],
    ["pod-security check web.yaml --level baseline", 1],
    ["pod-security check broken.yaml", 3],
    ["pod-security migrate web.yaml", 0],
    ["explain POD-001", 0],
    ["controls", 0],
  ];
  for (const [line, expected] of table) {
    test(`redoubt ${line} ends with ${expected}`, async (context) => {
      const folder = scratchFolder(context, files);
      const words = line.split(" ").map((word) => (word.endsWith(".yaml") ? join(folder, word) : word));
      const { code, stdout, stderr } = await captured(words);
      assert.equal(code, expected, stdout + stderr);
    });
  }

  test("a folder whose files are all in subfolders is an error with a hint, not a pass", async (context) => {
    const folder = scratchFolder(context, { "sub/web.yaml": DEPLOYMENT });
    const { code, stdout } = await captured(["scan", folder]);
    assert.match(stdout, /KUBE_EMPTY_FOLDER.*-R/s);
    assert.equal(code, 3);
  });
  test("an empty pipe is an error, not a pass", async () => {
    const { code, stdout } = await captured("scan -", { stdin: "" });
    assert.match(stdout, /INPUT_EMPTY/);
    assert.equal(code, 3);
  });
});

suite("redoubt scan", () => {
  test("offers every format that there is", () => {
    assert.deepEqual([...OFFERED], [...REPORT_FORMATS]);
  });
  test("reads what is piped in when no path is given", async () => {
    const { code, stdout } = await captured("scan --control POD-001", { stdin: DEPLOYMENT });
    assert.match(stdout, /<stdin>:18:13/);
    assert.equal(code, 1);
  });
  test("-Rf FOLDER reads the folders inside it", async (context) => {
    const folder = scratchFolder(context, { "a/b/web.yaml": DEPLOYMENT });
    assert.match((await captured(["scan", "-Rf", folder, "--control=POD-001"])).stdout, /a\/b\/web\.yaml:18:13/);
  });
  test("writes several formats in one run", async (context) => {
    const folder = scratchFolder(context, { "web.yaml": DEPLOYMENT });
    const at = (name: string): string => join(folder, name);
    const { stdout } = await captured([
      "scan",
      at("web.yaml"),
      "-o",
      "table",
      "-o",
      "sarif",
      "--output-file",
      at("r.sarif"),
      "-ojunit",
      `--output-file=${at("r.xml")}`,
    ]);
    assert.match(stdout, /POD-001/);
    assert.match(readFileSync(at("r.sarif"), "utf8"), /"version": "2\.1\.0"/);
    assert.match(readFileSync(at("r.xml"), "utf8"), /<testsuites/);
  });
  test("--quiet prints no report, and problems still on stderr", async (context) => {
    const folder = scratchFolder(context, { "web.yaml": DEPLOYMENT, "broken.yaml": BROKEN });
    const { code, stdout, stderr } = await captured(["scan", folder, "-q"]);
    assert.equal(stdout, "");
    assert.match(stderr, /broken\.yaml:\d+:\d+: error KUBE_PARSE/);
    assert.equal(code, 3);
  });
  test("a file that cannot be written is an error", async () => {
    const { code, stderr } = await captured("scan - -o json --output-file /nowhere/at/all.json", { stdin: DEPLOYMENT });
    assert.match(stderr, /error OUTPUT_WRITE: --output-file \/nowhere\/at\/all\.json cannot be written/);
    assert.equal(code, 2);
  });
  test("-l leaves findings out, says so, and changes neither score nor checklist", async () => {
    const [whole, narrowed] = [
      await captured("scan - -o json", { stdin: DEPLOYMENT }),
      await captured("scan - -o json -l app=other", { stdin: DEPLOYMENT }),
    ];
    assert.deepEqual(scoreAndChecklist(narrowed.stdout).score, scoreAndChecklist(whole.stdout).score);
    assert.deepEqual(scoreAndChecklist(narrowed.stdout).checklist, scoreAndChecklist(whole.stdout).checklist);
    assert.match(narrowed.stdout, /REPORT_NARROWED/);
    assert.doesNotMatch(narrowed.stdout, /"control": "POD-001",\n.*"verdict": "fail"/);
  });
  test("a baseline lets old findings pass and new ones fail", async (context) => {
    const folder = scratchFolder(context, { "web.yaml": DEPLOYMENT });
    const [manifest, baseline] = [join(folder, "web.yaml"), join(folder, "baseline.json")];
    assert.equal((await captured(["scan", manifest, "--write-baseline", baseline])).code, 1);
    assert.equal((await captured(["scan", manifest, "--baseline", baseline])).code, 0);
    writeFileSync(manifest, DEPLOYMENT.replace("    spec:\n", "    spec:\n      hostPID: true\n"));
    assert.equal((await captured(["scan", manifest, "--baseline", baseline])).code, 1);
  });
  test("a baseline that is none is an error", async (context) => {
    const folder = scratchFolder(context, { "baseline.json": "{}" });
    const { code, stderr } = await captured(["scan", "-", "--baseline", join(folder, "baseline.json")], {
      stdin: DEPLOYMENT,
    });
    assert.match(stderr, /error BASELINE_INVALID/);
    assert.equal(code, 2);
  });
  test("an exception lets its finding pass until it expires", async (context) => {
    const folder = scratchFolder(context, {
      "valid.yaml": exceptionUntil("2026-02-01"),
      "old.yaml": exceptionUntil("2025-12-31"),
      "bad.yaml": "exceptions: [{}]\n",
    });
    const run = async (file: string): Promise<number> =>
      (await captured(["scan", "-", "--control", "POD-001", "--exceptions", join(folder, file)], { stdin: DEPLOYMENT }))
        .code;
    assert.deepEqual([await run("valid.yaml"), await run("old.yaml"), await run("bad.yaml")], [0, 1, 2]);
  });
});

suite("redoubt fix", () => {
  test("prints a diff and leaves the file alone", async (context) => {
    const folder = scratchFolder(context, { "web.yaml": DEPLOYMENT });
    const file = join(folder, "web.yaml");
    const { stdout, stderr } = await captured(["fix", file, "--control", "POD-001"]);
    assert.match(stdout, /^--- a\/.*web\.yaml\n\+\+\+ b\/.*web\.yaml\n@@ /);
    assert.match(stdout, /^-\s+privileged: true$/m);
    assert.match(stderr, /^would fix 1 finding in 1 file\n/);
    assert.equal(readFileSync(file, "utf8"), DEPLOYMENT);
  });
  test("--write changes the file, keeps comments, and leaves nothing to fix", async (context) => {
    const folder = scratchFolder(context, { "web.yaml": DEPLOYMENT });
    const file = join(folder, "web.yaml");
    const first = await captured(["fix", file, "--write"]);
    assert.deepEqual([first.code, first.stdout], [0, ""]);
    const fixed = readFileSync(file, "utf8");
    assert.match(fixed, /- name: web # the shop/);
    assert.match(fixed, /privileged: false/);
    const second = await captured(["fix", file, "--write"]);
    assert.equal(second.code, 0);
    assert.match(second.stderr, /^nothing to fix\n/);
    assert.equal(readFileSync(file, "utf8"), fixed);
  });
  test("leaves accepted findings alone", async (context) => {
    const accepted = DEPLOYMENT.replace(
      "  labels: { app: web }\n",
      "  labels: { app: web }\n  annotations:\n    redoubt.dev/exception.POD-001: reason=a driver; owner=shop; expires=2026-02-01\n",
    );
    const folder = scratchFolder(context, { "web.yaml": accepted });
    const { code, stdout, stderr } = await captured(["fix", join(folder, "web.yaml"), "--control", "POD-001"]);
    assert.equal(stdout, "");
    assert.match(stderr, /nothing to fix\n1 accepted finding left alone/);
    assert.equal(code, 0);
  });
  test("what comes from standard input is refused with a reason", async () => {
    const { code, stderr } = await captured("fix - --control POD-001", { stdin: DEPLOYMENT });
    assert.match(stderr, /refused 1 fix\n.*standard input.*\(FIX_NO_FILE\)/);
    assert.equal(code, 1);
  });
});

suite("redoubt explain and controls", () => {
  test("redoubt explain pod-1 finds POD-001", async () => {
    const { stdout } = await captured("explain pod-1");
    assert.match(stdout, /^POD-001 {2}/);
    for (const title of ["Why it matters", "What to do", "References", "Fails", "Passes"])
      assert.match(stdout, new RegExp(`^${title}`, "m"));
  });
  test("redoubt explain -o json has the examples", async () => {
    assert.match((await captured("explain POD-001 -o json")).stdout, /"failing": "/);
  });
  test("redoubt controls --framework cis:5.2.2 lists what speaks for it", async () => {
    assert.match(
      (await captured("controls --framework cis:5.2.2 -o csv")).stdout,
      /^id,severity,.*\r\nPOD-001,critical,/,
    );
  });
  test("redoubt controls with filters that nothing meets says so", async () => {
    const { code, stdout, stderr } = await captured("controls --framework nothing -o json");
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "[]\n", stderr: "no control matches\n" });
  });
});

suite("redoubt checklist", () => {
  for (const format of ["table", "json", "yaml", "markdown"]) {
    test(`-o ${format} has ten items`, async () => {
      const { stdout } = await captured(`checklist - -o ${format}`, { stdin: DEPLOYMENT });
      const items = {
        table: /^(?:FAIL|unknown|pass) /gm,
        json: /"item": /g,
        yaml: /^- item: /gm,
        markdown: /^## \d/gm,
      }[format];
      assert.equal(stdout.match(items ?? /^$/)?.length, 10, stdout);
    });
  }
});

suite("redoubt pod-security check", () => {
  const pod =
    "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  hostPID: true\n  containers: [{ name: web, image: a }]\n";

  test("says what the API server says to kubectl about a Deployment", async () => {
    const { code, stdout } = await captured("pod-security check - --level baseline", { stdin: DEPLOYMENT });
    assert.equal(
      stdout,
      `VERDICT   STANDARD         OBJECT               PLACE
violates  baseline:latest  Deployment shop/web  <stdin>:1:1
  would violate PodSecurity "baseline:latest": privileged (container "web" must not set securityContext.privileged=true)
`,
    );
    assert.equal(code, 1);
  });
  test("says what the API server says about a Pod", async () => {
    const { stdout } = await captured("pod-security check - --level baseline --version v1.30", { stdin: pod });
    assert.match(
      stdout,
      /pods "web" is forbidden: violates PodSecurity "baseline:v1\.30": host namespaces \(hostPID=true\)/,
    );
  });
  test("takes the level from the namespace's label", async () => {
    const { code, stdout } = await captured("pod-security check -", { stdin: inNamespaceWithLevel("baseline") });
    assert.match(stdout, /violates {2}baseline:latest/);
    assert.equal(code, 1);
  });
  test("reports a label that the API server refuses, at its line", async () => {
    const { stderr } = await captured("pod-security check -", { stdin: inNamespaceWithLevel("strict") });
    assert.match(
      stderr,
      /^<stdin>:6:\d+: warning POD_SECURITY_LABEL: .*must be one of privileged, baseline, restricted/,
    );
  });
  test("without a level tells the strictest one met and what keeps it from the next", async () => {
    const { code, stdout } = await captured("pod-security check - -o json", { stdin: DEPLOYMENT });
    assert.match(stdout, /"standard": "privileged:latest",\n\s+"askedBy": "none",\n\s+"verdict": "meets"/);
    assert.match(stdout, /"violations": "privileged \(/);
    assert.equal(code, 0);
  });
});

suite("redoubt pod-security migrate", () => {
  const policy = `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: shop }
spec:
  privileged: false
  readOnlyRootFilesystem: true
  runAsUser: { rule: RunAsAny }
  seLinux: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
  supplementalGroups: { rule: RunAsAny }
  volumes: ["*"]
`;
  test("-o yaml has the policy that keeps what no label does", async () => {
    const { code, stdout } = await captured("pod-security migrate - -o yaml", { stdin: policy });
    assert.match(stdout, /kind: ValidatingAdmissionPolicy\n/);
    assert.match(stdout, /readOnlyRootFilesystem/);
    assert.equal(code, 0);
  });
  test("-o json is JSON", async () => {
    assert.match(
      (await captured("pod-security migrate - -o json", { stdin: policy })).stdout,
      /^\{\n {2}"version": "latest",/,
    );
  });
});

suite("completion", () => {
  const table: readonly (readonly [readonly string[], readonly string[]])[] = [
    [["sc"], ["scan"]],
    [
      ["pod-security", ""],
      ["check", "migrate"],
    ],
    [["scan", "--fail-on", "h"], ["high"]],
    [["scan", "--fail-on=h"], ["high"]],
    [["scan", "--helm"], ["--helm-values"]],
    [["scan", "-Rf", ""], [":file"]],
    [["scan", ""], [":file"]],
    [["scan", "--exceptions", ""], [":file"]],
    [["scan", "--", "-"], [":file"]],
    [["controls", "--layer", "cluster,con"], ["cluster,container"]],
    [
      ["explain", "pod-00"],
      ["POD-001", "POD-002", "POD-003", "POD-004", "POD-005", "POD-006", "POD-007", "POD-008", "POD-009"],
    ],
    [["help", "pod-security", "m"], ["migrate"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["frobnicate", ""], []],
  ];
  for (const [words, expected] of table) {
    test(`redoubt ${words.join(" ")}<TAB>`, async () => {
      const { code, stdout } = await captured(["__complete", "--", ...words]);
      assert.deepEqual(stdout.split("\n").slice(0, -1), expected);
      assert.equal(code, 0);
    });
  }
  for (const shell of ["bash", "zsh", "fish"]) {
    test(`redoubt completion ${shell}`, async () => {
      assert.match((await captured(`completion ${shell}`)).stdout, /__complete -- /);
    });
  }
});
