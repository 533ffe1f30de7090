import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { formatCounts, formatJsonReport, formatReport, runSuite } from "./run-suite.ts";
import { type Suite, failed, passed, skipped } from "./suite.ts";

const mixed: Suite = {
  name: "mixed",
  async *run() {
    yield await Promise.resolve(passed("a"));
    yield failed("b", "expected 1\nwas 2");
    yield skipped("c", "needs a network");
    yield skipped("d", "needs a network");
  },
};

suite("running a conformance suite", () => {
  test("counts each outcome and ends with the counts", async () => {
    const report = await runSuite(mixed, ".");
    assert.equal(formatCounts(report), "1 passed, 1 failed, 2 skipped");
    assert.equal(
      formatReport(report),
      "FAIL b\n     expected 1\n     was 2\nSKIP 2: needs a network\n1 passed, 1 failed, 2 skipped",
    );
  });

  test("as JSON lists every failure and skip, and still ends with the counts", async () => {
    const [document = "", last] = formatJsonReport(await runSuite(mixed, ".")).split("\n");
    assert.deepEqual(JSON.parse(document), {
      suite: "mixed",
      passed: 1,
      failed: 1,
      skipped: 2,
      failures: [{ name: "b", message: "expected 1\nwas 2" }],
      skips: [
        { name: "c", message: "needs a network" },
        { name: "d", message: "needs a network" },
      ],
    });
    assert.equal(last, "1 passed, 1 failed, 2 skipped");
  });

  test("a suite that throws is a failure, never a pass", async () => {
    const report = await runSuite(
      {
        name: "broken",
        async *run() {
          yield await Promise.resolve(passed("a"));
          throw new Error("no such engine");
        },
      },
      ".",
    );
    assert.equal(formatCounts(report), "1 passed, 1 failed, 0 skipped");
    assert.match(report.failures[0]?.message ?? "", /no such engine/);
  });
});

function main(...args: string[]): { readonly code: number; readonly last: string | undefined } {
  const command = ["--conditions=@redoubt/source", join(import.meta.dirname, "main.ts"), ...args];
  try {
    const output = execFileSync(process.execPath, command, { encoding: "utf8", stdio: "pipe" });
    return { code: 0, last: output.trimEnd().split("\n").at(-1) };
  } catch (error) {
    assert.ok(error instanceof Error && "status" in error && "stdout" in error);
    return { code: Number(error.status), last: String(error.stdout).trimEnd().split("\n").at(-1) };
  }
}

suite("the conformance command", () => {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  test.after(() => rmSync(folder, { recursive: true }));

  test("a folder without cases, an unknown suite, a missing folder and a missing argument exit with 2", () => {
    assert.equal(main("pod-security", folder).code, 2);
    assert.equal(main("no-such-suite", folder).code, 2);
    assert.equal(main("pod-security", join(folder, "absent")).code, 2);
    assert.equal(main("pod-security").code, 2);
    assert.equal(main("pod-security", folder, "--loud").code, 2);
  });

  test("cases of a shape the suite does not know fail", () => {
    const good = {
      name: "good",
      level: "baseline",
      version: "v1.30",
      expect: "pass",
      check: "base",
      pod: { spec: {} },
    };
    const bad = { ...good, name: "bad", expect: "fail", check: "privileged" };
    writeFileSync(
      join(folder, "cases.ndjson"),
      [JSON.stringify(good), JSON.stringify(bad), "{}", "[1]", "not JSON"].join("\n"),
    );
    assert.deepEqual(main("pod-security", folder), { code: 1, last: "1 passed, 4 failed, 0 skipped" });
    assert.deepEqual(main("pod-security", folder, "--json"), { code: 1, last: "1 passed, 4 failed, 0 skipped" });
    writeFileSync(join(folder, "cases.ndjson"), JSON.stringify(good));
    assert.deepEqual(main("pod-security", folder), { code: 0, last: "1 passed, 0 failed, 0 skipped" });
  });
});
