/** `redoubt policy test` over manifests, held against `gator test` of Gatekeeper: the same results in the same JSON, and exit codes. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { GATOR, findGoTool } from "./go-tools.ts";
import { GATOR_SAMPLES } from "./gator-samples.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const LIBRARY = join(ROOT, "../shared/corpora/gatekeeper");
/** As `npm run test:peers` has built it. */
const MAIN = join(ROOT, "apps/cli/bin/redoubt.js");

interface Outcome {
  readonly status: number | null;
  readonly results: readonly string[];
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string): Outcome {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 60_000 });
  const results: unknown = stdout.trim() === "" ? null : JSON.parse(stdout);
  // Neither those with one message nor scoped actions come in an order.
  const texts = Array.isArray(results) ? results.map((entry) => JSON.stringify(entry, sortedActions)).sort() : [];
  return { status, results: texts, stderr };
}

function sortedActions(key: string, value: unknown): unknown {
  return key === "scopedActions" && Array.isArray(value) ? value.map(String).sort() : value;
}

function ours(folders: readonly string[], cwd: string, engine: string): Outcome {
  return run(process.execPath, [MAIN, "policy", "test", "-o", "json", "--engine", engine, ...folders], cwd);
}

function theirs(gator: string, folders: readonly string[], cwd: string, engine: string): Outcome {
  const native = `--enable-k8s-native-validation=${engine === "cel"}`;
  return run(gator, ["test", "-o", "json", native, ...folders.flatMap((folder) => ["-f", folder])], cwd);
}

function gatorOrSkip(context: TestContext): string | undefined {
  const gator = findGoTool(GATOR);
  if (gator === undefined) context.skip("gator is built with Go, which is missing here");
  return gator;
}

suite("policy test as gator test", { timeout: 600_000 }, () => {
  test("samples of our own", (context) => {
    const gator = gatorOrSkip(context);
    if (gator === undefined) return;
    for (const [name, files] of Object.entries(GATOR_SAMPLES)) {
      const folder = mkdtempSync(join(tmpdir(), "redoubt-gator-"));
      try {
        for (const [file, text] of Object.entries(files)) {
          mkdirSync(join(folder, "all"), { recursive: true });
          writeFileSync(join(folder, "all", file), text);
        }
        for (const engine of ["rego", "cel"]) {
          const mine = ours(["all"], folder, engine);
          const real = theirs(gator, ["all"], folder, engine);
          assert.deepEqual(mine.results, real.results, `${name} (${engine})\n${mine.stderr}\n${real.stderr}`);
          assert.equal(mine.status, real.status, `${name} (${engine})\n${mine.stderr}\n${real.stderr}`);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });

  test("the library of Gatekeeper, each template with all of its samples", (context) => {
    const gator = gatorOrSkip(context);
    if (gator === undefined) return;
    if (!existsSync(LIBRARY)) {
      context.skip("the library is not beside the repository");
      return;
    }
    let compared = 0;
    for (const group of ["general", "pod-security-policy"]) {
      for (const policy of readdirSync(join(LIBRARY, group))) {
        const folder = join(LIBRARY, group, policy);
        if (!existsSync(join(folder, "samples")) || !existsSync(join(folder, "template.yaml"))) continue;
        for (const sample of readdirSync(join(folder, "samples"))) {
          const paths = ["template.yaml", join("samples", sample)];
          const mine = ours(paths, folder, "cel");
          const real = theirs(gator, paths, folder, "cel");
          compared += real.results.length;
          assert.deepEqual(mine.results, real.results, `${folder} ${sample}\n${mine.stderr}\n${real.stderr}`);
          assert.equal(mine.status, real.status, `${folder} ${sample}\n${mine.stderr}\n${real.stderr}`);
        }
      }
    }
    assert.ok(compared > 50, `${compared} results`);
  });
});
