import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite, test } from "node:test";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const shim = join(root, "apps/cli/bin/redoubt.js");
const skip = existsSync(join(root, "apps/cli/dist/redoubt.js")) ? false : "not built: npm run build";

/** The first Node.js of that major version on PATH. */
function nodeOnPath(major: number): string | undefined {
  const found = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  return found.find(
    (node) => existsSync(node) && spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.startsWith(`v${major}.`),
  );
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(
  command: string,
  args: readonly string[],
  options: { readonly input?: string; readonly cwd?: string } = {},
): Outcome {
  return spawnSync(command, args, { encoding: "utf8", input: "", maxBuffer: 64 * 1024 * 1024, ...options });
}

suite("the bundle", { skip }, () => {
  test("redoubt --version", () => {
    const { status, stdout, stderr } = execute(process.execPath, [shim, "--version"]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.match(stdout, /^redoubt \d+\.\d+\.\d+\n$/);
  });

  const old = nodeOnPath(20);
  test(
    "redoubt scan on Node.js 20 judges with every control",
    { skip: old === undefined ? "no Node.js 20 on PATH" : false },
    () => {
      const { status, stdout, stderr } = execute(
        old ?? "",
        [shim, "scan", "-R", "examples/guide/hardened", "-o", "json", "--fail-on", "none"],
        {
          cwd: root,
        },
      );
      assert.doesNotMatch(`${stdout}${stderr}`, /CONTROL_FAILED|INTERNAL/);
      assert.equal(status, 0);
    },
  );

  test("a reader that goes away changes neither the exit code nor ends in a stack", () => {
    const line = `"${process.execPath}" "${shim}" scan -R examples/guide/insecure -o json | head -c 10; echo " \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = execute("bash", ["-c", line], { cwd: root });
    assert.equal(stderr, "");
    assert.equal(stdout.trim().split(" ").at(-1), "1");
  });

  test("the launcher works through a symbolic link from another folder", (context) => {
    const folder = mkdtempSync(join(tmpdir(), "redoubt-link-"));
    context.after(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    symlinkSync(join(root, "redoubt"), join(folder, "kubectl-redoubt"));
    symlinkSync("kubectl-redoubt", join(folder, "again"));
    const { status, stdout, stderr } = execute("./again", ["version"], { cwd: folder });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.match(stdout, /^redoubt /);
  });

  test("completion scripts are valid bash and complete", () => {
    const script = execute(process.execPath, [shim, "completion", "bash"]).stdout;
    const ask = `${script}
redoubt() { "${process.execPath}" "${shim}" "$@"; }
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _redoubt; echo "\${COMPREPLY[*]}"; }
try redoubt sc
try redoubt pod-security ""
try redoubt scan --fail-on = hi
try redoubt explain inf-00
try redoubt scan --rec`;
    const { stdout, stderr } = execute("bash", ["-c", ask]);
    assert.equal(stderr, "");
    const [command, group, value, control, flag] = stdout.split("\n");
    assert.deepEqual([command, group, value, flag], ["scan", "check migrate", "high", "--recursive"]);
    assert.match(control ?? "", /^INF-001( INF-\d{3})*$/);
  });
});

suite("without a build", () => {
  test("the launcher is a POSIX shell script", () => {
    assert.deepEqual(execute("sh", ["-n", join(root, "redoubt")]).stderr, "");
  });
});
