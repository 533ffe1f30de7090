import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { archiveOf } from "../testing/archive-of.ts";
import { overlayBundles } from "./activate.ts";
import { LoadError, formatLoadFault } from "./load-error.ts";
import { type Bundle, type BundleOptions, readBundle, readBundleArchive } from "./read-bundle.ts";

type Files = Readonly<Record<string, string>>;

function bundleOf(files: Files, options: Partial<BundleOptions> = {}): ReturnType<typeof readBundle> {
  const named = Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  return readBundle(named, { name: "b", ...options });
}

function good(files: Files, options: Partial<BundleOptions> = {}): Bundle {
  const { value, errors } = bundleOf(files, options);
  assert.deepEqual(errors.map(formatLoadFault), []);
  assert.ok(value !== undefined);
  return value;
}

function manifest(document: unknown): Files {
  return { ".manifest": JSON.stringify(document) };
}

suite("bundles", () => {
  test("data stands where its folder says", () => {
    const { data } = good({
      "data.json": '{"top": 1}',
      "/a/data.json": '{"x": 12345678901234567890}',
      "./a/b/data.yaml": "y: [1, two]\n",
      "c/data.yml": "text",
      "d/other.json": "{}",
    });
    assert.deepEqual(data, { top: 1, a: { x: 12345678901234567890n, b: { y: [1, "two"] } }, c: "text" });
  });
  test("modules are named after bundle and path", () => {
    const { modules } = good({ "/p/a.rego": "package a", "b_test.rego": "package b" });
    assert.deepEqual(
      modules.map(({ location }) => location.source.file),
      ["b/p/a.rego", "b/b_test.rego"],
    );
  });
  test("an archive is read the same", async () => {
    const archive = archiveOf([
      { path: "/x/data.json", content: "1" },
      { path: "/p.rego", content: "package p" },
    ]);
    const { value } = await readBundleArchive(archive, { name: "b.tar.gz" });
    assert.deepEqual([value?.data, value?.modules.length], [{ x: 1 }, 1]);
  });
  test("the manifest is kept", () => {
    const { manifest: read, verified } = good(
      manifest({ revision: "r1", roots: ["/a/", "b/c"], rego_version: 0, metadata: { k: 1 } }),
    );
    assert.deepEqual(
      [read.revision, read.roots, read.regoVersion, read.metadata, verified],
      ["r1", ["a", "b/c"], "v0", { k: 1 }, false],
    );
  });
  test("the manifest tells the language, for all files and for some", () => {
    const { modules } = good({
      ...manifest({ rego_version: 0, file_rego_versions: { "/new/*.rego": 1 } }),
      "old.rego": "package a\np { true }",
      "new/x.rego": "package b\np if true",
    });
    assert.deepEqual(
      modules.map(({ version }) => version.min),
      ["v0", "v1"],
    );
  });
  test("without a manifest the language is the one asked for", () => {
    assert.equal(good({ "a.rego": "package a\np { true }" }, { version: "v0" }).modules.length, 1);
    assert.match(bundleOf({ "a.rego": "package a\np { true }" }).errors[0]?.message ?? "", /`if` keyword/);
  });
});

suite("bundles that are refused, and why", () => {
  const table: readonly (readonly [string, Files, RegExp])[] = [
    ["a name that climbs", { "../a/data.json": "{}" }, /^BUNDLE_NAME: b: "\.\.\/a\/data\.json" cannot be the name/],
    ["a name with a backslash", { "a\\data.json": "{}" }, /^BUNDLE_NAME/],
    ["a name with a zero byte", { "a\0.rego": "package a" }, /^BUNDLE_NAME: b: "a\\u0000/],
    ["a name twice", { "a.rego": "package a", "./a.rego": "package a" }, /^BUNDLE_NAME: b: holds a\.rego twice/],
    ["a delta", { "patch.json": '{"data": []}' }, /^BUNDLE_UNSUPPORTED: b: is a delta bundle \(patch\.json\)/],
    ["a protobuf manifest", { ".manifest.pb": "" }, /^BUNDLE_UNSUPPORTED/],
    ["WebAssembly", manifest({ wasm: [{ entrypoint: "a", module: "/policy.wasm" }] }), /^BUNDLE_UNSUPPORTED/],
    ["two manifests", { ".manifest": "{}", "a/.manifest": "{}" }, /^BUNDLE_MANIFEST: b: holds both/],
    ["a manifest that is no JSON", { ".manifest": "{" }, /^LOAD_DATA_SYNTAX: b\/\.manifest: line 1: not JSON/],
    ["a manifest that is no object", { ".manifest": "[]" }, /^BUNDLE_MANIFEST: b: \.manifest: is not an object/],
    ["roots that are no list", manifest({ roots: "a" }), /roots is not a list/],
    ["roots that are no strings", manifest({ roots: [1] }), /roots holds what is not a string/],
    ["roots that overlap", manifest({ roots: ["a/b", "x", "a"] }), /the roots "a" and "a\/b" overlap/],
    ["a root twice", manifest({ roots: ["a", "/a/"] }), /the roots "a" and "a" overlap/],
    ["all of data and a part", manifest({ roots: ["", "a"] }), /the roots "" and "a" overlap/],
    ["a language that is none", manifest({ rego_version: 3 }), /rego_version is 0, 1 or 2/],
    ["one for a file", manifest({ file_rego_versions: { a: "1" } }), /file_rego_versions of "a" is 0, 1 or 2/],
    ["a pattern that is none", manifest({ file_rego_versions: { "[": 1 } }), /"\[" is not a pattern/],
    ["a revision that is no text", manifest({ revision: 1 }), /revision is not a string/],
    ["metadata that is no object", manifest({ metadata: [] }), /metadata is not an object/],
    [
      "a package outside the roots",
      { ...manifest({ roots: ["a"] }), "p.rego": "package ab" },
      /^BUNDLE_ROOTS: b: the manifest's roots \("a"\) do not cover package ab of b\/p\.rego/,
    ],
    [
      "data outside the roots",
      { ...manifest({ roots: ["a/b"] }), "a/data.json": '{"b": {"x": 1}, "c": 1}' },
      /do not cover data at \/a\/c/,
    ],
    ["data where nothing may be", { ...manifest({ roots: [] }), "data.json": '{"a": 1}' }, /^BUNDLE_ROOTS/],
    ["JSON that is none", { "a/data.json": '{\n"a": }' }, /^LOAD_DATA_SYNTAX: b\/a\/data\.json: line 2: not JSON/],
    ["YAML that is none", { "a/data.yaml": "a: [1" }, /^LOAD_DATA_SYNTAX: b\/a\/data\.yaml: not YAML/],
    ["text that is not UTF-8", {}, /^LOAD_NOT_UTF8: b\/data\.json: is not UTF-8/],
    ["an array at the top", { "data.json": "[]" }, /^LOAD_DATA_NOT_OBJECT/],
    [
      "data twice",
      { "data.json": '{"a": {"b": 1}}', "a/b/data.json": "2" },
      /^LOAD_DATA_CONFLICT: b\/a\/b\/data\.json: data\.a\.b is given by another file/,
    ],
    ["a policy that does not parse", { "p.rego": "package" }, /^b\/p\.rego:1: rego_parse_error/],
    [
      "a signature without a key",
      { ".signatures.json": "{}" },
      /^BUNDLE_SIGNATURE: b: is signed, and no key was given/,
    ],
  ];
  for (const [title, files, expected] of table) {
    test(title, () => {
      const { value, errors } =
        title === "text that is not UTF-8"
          ? readBundle([{ path: "data.json", bytes: Uint8Array.of(0xff) }], { name: "b" })
          : bundleOf(files);
      assert.equal(value, undefined);
      assert.match(errors.map(formatLoadFault).join("\n"), expected);
    });
  }
  test("all policies that do not parse are told", () => {
    assert.equal(bundleOf({ "a.rego": "package", "b.rego": "package a\nx := ]" }).errors.length > 1, true);
  });
  test("an archive that is none is a value, too", async () => {
    const { errors } = await readBundleArchive(new Uint8Array(3), { name: "x" });
    assert.ok(errors[0] instanceof LoadError && errors[0].code === "BUNDLE_ARCHIVE");
  });
});

suite("bundles over base documents", () => {
  const base = { a: { old: 1 }, b: { c: 1, d: 2 }, e: 3 };
  const inRoots = (name: string, roots: readonly string[], data: unknown): Bundle => ({
    ...good({ ...manifest({ roots }), "data.json": JSON.stringify(data) }),
    name,
  });

  test("what a bundle owns gives way, the rest stays", () => {
    const bundles = [inRoots("one", ["a"], { a: { new: 1 } }), inRoots("two", ["b/c"], { b: { c: { x: 1 } } })];
    assert.deepEqual(overlayBundles(base, bundles).value, { a: { new: 1 }, b: { c: { x: 1 }, d: 2 }, e: 3 });
    assert.deepEqual(base.a, { old: 1 });
  });
  test("a bundle without a manifest owns everything", () => {
    assert.deepEqual(overlayBundles(base, [good({ "data.json": '{"z": 1}' })]).value, { z: 1 });
  });
  test("roots of two bundles must not overlap", () => {
    const { errors } = overlayBundles(base, [inRoots("one", ["a"], {}), inRoots("two", ["x", "a/b"], {})]);
    assert.match(errors.map(formatLoadFault).join(), /the bundles one and two have roots that overlap: "a" and "a\/b"/);
  });
  test("a root inside a value of the base cannot be filled", () => {
    const { errors } = overlayBundles({ a: 1 }, [inRoots("one", ["a/b"], { a: { b: 1 } })]);
    assert.match(errors.map(formatLoadFault).join(), /^LOAD_DATA_CONFLICT: one: data\.a is given by another source/);
  });
});
