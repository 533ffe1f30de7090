import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, suite, test } from "node:test";
import { formatLoadFault } from "../bundle/load-error.ts";
import { archiveOf } from "../testing/archive-of.ts";
import { loadBundle, loadPaths } from "./load-paths.ts";

function folderOf(context: Pick<TestContext, "after">, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "redoubt-rego-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function dataOf(paths: readonly string[], ignore: readonly string[] = []): Promise<unknown> {
  const { value, errors } = await loadPaths(paths, { ignore });
  return value === undefined ? errors.map(formatLoadFault).join("\n") : value.data;
}

suite("data paths", () => {
  test("what is in a folder's folder stands under its name", async (context) => {
    const folder = folderOf(context, {
      "a.json": '{"a": 1}',
      "in/b.yaml": "b: 2",
      "in/deep/c.json": "[3]",
      "x.txt": "",
    });
    assert.deepEqual(await dataOf([folder]), { a: 1, in: { b: 2, deep: [3] } });
  });
  test("a prefix says where under data", async (context) => {
    const folder = folderOf(context, { "a.json": "[1]" });
    assert.deepEqual(await dataOf([`x.y:${join(folder, "a.json")}`]), { x: { y: [1] } });
  });
  test("a file named twice is read once", async (context) => {
    const folder = folderOf(context, { "a.json": '{"a": 1}' });
    assert.deepEqual(await dataOf([folder, join(folder, "a.json")]), { a: 1 });
  });
  test("a file:// URL is a path", async (context) => {
    const folder = folderOf(context, { "a.json": '{"a": 1}' });
    assert.deepEqual(await dataOf([`file://${join(folder, "a.json")}`]), { a: 1 });
  });
  test("what is ignored is not read", async (context) => {
    const folder = folderOf(context, { "a.json": '{"a": 1}', "b_test.json": "{", "skip/c.json": "{", "d/e.json": "{" });
    assert.deepEqual(await dataOf([folder], ["*_test.json", "skip", "**/d/e.json"]), { a: 1 });
  });
  test("what does not exist is an error, and so is all else that is wrong", async (context) => {
    const folder = folderOf(context, { "a.json": "{" });
    const text = String(await dataOf([join(folder, "nowhere"), folder]));
    assert.match(text, /LOAD_UNREADABLE: .*nowhere: does not exist\n.*LOAD_DATA_SYNTAX/s);
  });
  test("a link that leads back up ends", async (context) => {
    const folder = folderOf(context, { "a.json": '{"a": 1}', "in/b.json": '{"b": 1}' });
    symlinkSync(folder, join(folder, "in", "up"));
    assert.match(String(await dataOf([folder])), /LOAD_UNREADABLE: .*up: leads back to a folder that it is in/);
  });
  test("a pattern that is none is an error", async () => {
    await assert.rejects(loadPaths(["."], { ignore: ["["] }), /is not a pattern of files/);
  });
});

suite("bundles on disk", () => {
  test("a folder", async (context) => {
    const folder = folderOf(context, {
      ".manifest": '{"revision": "7"}',
      "x/data.json": "1",
      "x/other.json": "{",
      "p/a.rego": "package a",
    });
    const { value } = await loadBundle(folder);
    assert.deepEqual([value?.manifest.revision, value?.data], ["7", { x: 1 }]);
    assert.deepEqual(value?.modules[0]?.location.source.file, `${folder}/p/a.rego`);
  });
  test("an archive", async (context) => {
    const folder = folderOf(context, { "b.tar.gz": archiveOf([{ path: "/x/data.json", content: "1" }]) });
    assert.deepEqual((await loadBundle(join(folder, "b.tar.gz"))).value?.data, { x: 1 });
  });
  test("links in a folder are left out", async (context) => {
    const outside = folderOf(context, { "data.json": '{"secret": 1}' });
    const folder = folderOf(context, { "a/data.json": "1" });
    symlinkSync(join(outside, "data.json"), join(folder, "data.json"));
    assert.deepEqual((await loadBundle(folder)).value?.data, { a: 1 });
  });
  test("what does not exist", async () => {
    const { errors } = await loadBundle("/nowhere/at/all");
    assert.match(errors.map(formatLoadFault).join(), /LOAD_UNREADABLE: \/nowhere\/at\/all: does not exist/);
  });
});
