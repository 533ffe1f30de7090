import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { archiveOf } from "../testing/archive-of.ts";
import { formatLoadFault } from "./load-error.ts";
import { type LoadedFiles, type PlacedFile, loadFiles } from "./load-files.ts";

function file(path: string, content: string | Uint8Array, rest: Partial<PlacedFile> = {}): PlacedFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { path, bytes, place: [], named: true, ...rest };
}

async function load(files: readonly PlacedFile[]): Promise<LoadedFiles> {
  const { value, errors } = await loadFiles(files);
  assert.deepEqual(errors.map(formatLoadFault), []);
  return value ?? assert.fail();
}

async function faults(files: readonly PlacedFile[]): Promise<readonly string[]> {
  return (await loadFiles(files)).errors.map(formatLoadFault);
}

suite("files of policy and data", () => {
  test("each goes where it belongs", async () => {
    const { modules, data } = await load([
      file("a.rego", "package a"),
      file("b.json", '{"b": 1}'),
      file("c.yaml", "c: two"),
      file("dir/d.yml", "d: 3", { place: ["dir"], named: false }),
      file("dir/list.json", "[1]", { place: ["dir", "list"], named: false }),
    ]);
    assert.deepEqual(
      modules.map(({ location }) => location.source.file),
      ["a.rego"],
    );
    assert.deepEqual(data, { b: 1, c: "two", dir: { d: 3, list: [1] } });
  });
  test("a bundle brings both", async () => {
    const archive = archiveOf([
      { path: "x/data.json", content: "1" },
      { path: "p.rego", content: "package p" },
    ]);
    const { modules, data } = await load([file("b.tar.gz", archive, { place: ["at"] })]);
    assert.deepEqual([modules.length, data], [1, { at: { x: 1 } }]);
  });
  test("what is named is looked at whatever it is called, what is found is not", async () => {
    const { modules, data } = await load([
      file("policy", "package p"),
      file("json.txt", '{"a": 1}'),
      file("yaml.txt", "b: 2"),
      file("found.txt", "c: 3", { named: false }),
    ]);
    assert.deepEqual([modules.length, data], [1, { a: 1, b: 2 }]);
  });
});

suite("files that cannot be loaded", () => {
  const table: readonly (readonly [string, readonly PlacedFile[], readonly RegExp[]])[] = [
    ["no object at the top", [file("a.json", "[1]")], [/^LOAD_DATA_NOT_OBJECT: a\.json: holds no object/]],
    ["JSON that is none", [file("a.json", "{\n\n]")], [/^LOAD_DATA_SYNTAX: a\.json: line 3: not JSON/]],
    ["YAML that is none", [file("a.yaml", "a: [")], [/^LOAD_DATA_SYNTAX: a\.yaml: not YAML/]],
    ["bytes that are no text", [file("a.rego", Uint8Array.of(0xff))], [/^LOAD_NOT_UTF8: a\.rego/]],
    ["an archive that is none", [file("a.tar.gz", "x")], [/^BUNDLE_ARCHIVE: a\.tar\.gz/]],
    ["nothing known", [file("a.txt", "{a: [")], [/^LOAD_UNKNOWN_TYPE: a\.txt: is neither/]],
    [
      "values over one another, with the file that was first",
      [file("a.json", '{"x": {"y": 1, "z": 2}}'), file("b.json", '{"x": {"z": 3}}')],
      [/^LOAD_DATA_CONFLICT: b\.json: data\.x\.z is given by a\.json, too/],
    ],
    [
      "everything that is wrong",
      [file("a.json", "{"), file("b.rego", "package"), file("c.json", "[]")],
      [/^LOAD_DATA_SYNTAX: a/, /^b\.rego:1: rego_parse_error/, /^LOAD_DATA_NOT_OBJECT: c/],
    ],
  ];
  for (const [title, files, expected] of table) {
    test(title, async () => {
      const found = await faults(files);
      assert.equal(found.length, expected.length, found.join("\n"));
      for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? "", pattern);
    });
  }
  test("an alias bomb in YAML is refused", async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${Array(10)
          .fill(i === 0 ? "x" : `*l${i - 1}`)
          .join()}]`,
    );
    assert.match((await faults([file("a.yaml", levels.join("\n"))])).join(), /excessive aliasing/);
  });
});
