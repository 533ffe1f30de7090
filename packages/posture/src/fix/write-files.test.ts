import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeFixedFiles } from "./write-files.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "redoubt-write-"));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a file gets its new text, keeps its mode and its byte order mark, and nothing is left beside it", () =>
  inFolder(async (folder) => {
    const file = join(folder, "a.yaml");
    writeFileSync(file, "\uFEFFa: 1\n");
    chmodSync(file, 0o664);
    const results = await writeFixedFiles([{ file, oldText: "a: 1\n", newText: "a: 2\n", byteOrderMark: true }]);
    assert.deepEqual(results, [{ kind: "written", file }]);
    assert.equal(readFileSync(file, "utf8"), "\uFEFFa: 2\n");
    assert.equal(statSync(file).mode & 0o777, 0o664);
    assert.deepEqual(readdirSync(folder), ["a.yaml"]);
  }));

test("a symbolic link stays one", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "real"), "a");
    symlinkSync("real", join(folder, "link"));
    await writeFixedFiles([{ file: join(folder, "link"), oldText: "a", newText: "b", byteOrderMark: false }]);
    assert.equal(readFileSync(join(folder, "real"), "utf8"), "b");
    assert.ok(lstatSync(join(folder, "link")).isSymbolicLink());
  }));

test("a file that changed since, or is gone, is left alone and told", () =>
  inFolder(async (folder) => {
    const file = join(folder, "a.yaml");
    writeFileSync(file, "someone else's\n");
    const results = await writeFixedFiles([
      { file, oldText: "a: 1\n", newText: "a: 2\n", byteOrderMark: false },
      { file: join(folder, "gone"), oldText: "", newText: "x", byteOrderMark: false },
    ]);
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ["failed", "failed"],
    );
    assert.equal(readFileSync(file, "utf8"), "someone else's\n");
    assert.deepEqual(readdirSync(folder), ["a.yaml"]);
  }));
