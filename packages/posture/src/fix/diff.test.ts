import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { unifiedDiff } from "./diff.ts";

test("equal texts have no difference", () => {
  assert.equal(unifiedDiff("a\n", "a\n", "x.yaml"), "");
});

test("changes are shown with three lines around them, and joined where those meet", () => {
  const old = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);
  const changed = old.with(4, "five\n").toSpliced(9, 1).toSpliced(18, 0, "new\n").join("");
  assert.equal(
    unifiedDiff(old.join(""), changed, "dir/x.yaml"),
    `--- a/dir/x.yaml
+++ b/dir/x.yaml
@@ -2,12 +2,11 @@
 line 2
 line 3
 line 4
-line 5
+five
 line 6
 line 7
 line 8
 line 9
-line 10
 line 11
 line 12
 line 13
@@ -17,4 +16,5 @@
 line 17
 line 18
 line 19
+new
 line 20
`,
  );
});

test("a missing line break at the end is told", () => {
  assert.equal(
    unifiedDiff("a\nb", "a\nc\n", "x"),
    "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n",
  );
});

test("a new file is all insertions", () => {
  assert.equal(unifiedDiff("", "a\n", "x"), "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
});

const numbered = (name: string): string => Array.from({ length: 3000 }, (_, index) => `${name} ${index}\n`).join("");

test("a text without anything in common is replaced", () => {
  assert.match(
    unifiedDiff(numbered("old"), numbered("new"), "x"),
    /^--- a\/x\n\+\+\+ b\/x\n@@ -1,3000 \+1,3000 @@\n-old 0\n/,
  );
});

const hasPatch = spawnSync("patch", ["--version"]).status === 0;

test("patch makes the new text of the old one", { skip: hasPatch ? false : "patch is not installed" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "redoubt-diff-"));
  try {
    const text = fc
      .tuple(fc.array(fc.constantFrom("a", "b", "c", "", "-x", "+y"), { maxLength: 25 }), fc.boolean())
      .map(([lines, end]) => lines.join("\n") + (end && lines.length > 0 ? "\n" : ""));
    fc.assert(
      fc.property(text, text, (old, wanted) => {
        fc.pre(old !== "" && wanted !== "");
        const file = join(folder, "x");
        writeFileSync(file, old);
        const result = spawnSync("patch", ["-s", "-p1", "--no-backup-if-mismatch"], {
          cwd: folder,
          input: unifiedDiff(old, wanted, "x"),
        });
        assert.equal(result.status === 0 || old === wanted, true, result.stdout.toString());
        assert.equal(readFileSync(file, "utf8"), wanted);
      }),
      { numRuns: 60 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
