import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type TarEntry, archiveOf, paxRecord, tarOf } from "../testing/archive-of.ts";
import { type ArchiveLimits, readArchive } from "./archive.ts";
import { LoadError, type LoadErrorCode } from "./load-error.ts";

async function contentOf(bytes: Uint8Array, limits?: ArchiveLimits): Promise<Record<string, string>> {
  const files = await readArchive(bytes, "b.tar.gz", limits);
  return Object.fromEntries(files.map(({ path, bytes: content }) => [path, new TextDecoder().decode(content)]));
}

function isRefusal(code: LoadErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof LoadError && error.code === code && error.message.startsWith("b.tar.gz: ");
}

suite("archives", () => {
  const long = `${"deep/".repeat(60)}data.json`;
  const table: readonly (readonly [string, readonly TarEntry[], Record<string, string>])[] = [
    ["nothing", [], {}],
    [
      "files, one of them empty",
      [
        { path: "/a.rego", content: "package a" },
        { path: "b", content: "" },
      ],
      { "/a.rego": "package a", b: "" },
    ],
    ["a file of more than a block", [{ path: "a", content: "x".repeat(2000) }], { a: "x".repeat(2000) }],
    [
      "folders, links and devices left out",
      [
        { path: "dir/", type: "5" },
        { path: "link", type: "2" },
        { path: "hard", type: "1" },
        { path: "dev", type: "3" },
        { path: "dir/a", content: "1" },
      ],
      { "dir/a": "1" },
    ],
    ["a prefix", [{ path: "c.json", prefix: "a/b", content: "1" }], { "a/b/c.json": "1" }],
    [
      "the long name of a pax header",
      [
        { path: "x", type: "x", content: paxRecord("mtime", "1") + paxRecord("path", long) },
        { path: "short", content: "1" },
        { path: "next", content: "2" },
      ],
      { [long]: "1", next: "2" },
    ],
    [
      "the long name of GNU",
      [
        { path: "././@LongLink", type: "L", content: `${long}\0` },
        { path: "short", content: "1" },
      ],
      { [long]: "1" },
    ],
    ["a size in binary", [{ path: "a", content: "abc", size: `\x80${"\0".repeat(10)}\x03` }], { a: "abc" }],
    ["names that are not ASCII", [{ path: "é/😀", content: "1" }], { "é/😀": "1" }],
  ];
  for (const [title, entries, expected] of table) {
    test(title, async () => {
      assert.deepEqual(await contentOf(archiveOf(entries)), expected);
    });
  }
});

suite("archives that are refused", () => {
  const good = tarOf([{ path: "a", content: "x".repeat(600) }]);
  const wrongSum = Uint8Array.from(good);
  wrongSum[0] = 66;
  const table: readonly (readonly [string, Uint8Array, LoadErrorCode])[] = [
    ["no gzip", good, "BUNDLE_ARCHIVE"],
    ["nothing at all", new Uint8Array(), "BUNDLE_ARCHIVE"],
    ["gzip that is cut off", gzipSync(good).subarray(0, 40), "BUNDLE_ARCHIVE"],
    ["gzip with garbage after it", Buffer.concat([gzipSync(good), Buffer.from("garbage")]), "BUNDLE_ARCHIVE"],
    ["gzip of text", gzipSync(Buffer.from("a".repeat(600))), "BUNDLE_ARCHIVE"],
    ["a wrong checksum", gzipSync(wrongSum), "BUNDLE_ARCHIVE"],
    ["a tar that is cut off", gzipSync(good.subarray(0, 900)), "BUNDLE_ARCHIVE"],
    ["a size that is no number", archiveOf([{ path: "a", size: "99999999999\0" }]), "BUNDLE_ARCHIVE"],
    ["a negative size", archiveOf([{ path: "a", size: "\xff".repeat(12) }]), "BUNDLE_ARCHIVE"],
    ["a pax header that is wrong", archiveOf([{ path: "x", type: "x", content: "99 path=a\n" }]), "BUNDLE_ARCHIVE"],
    [
      "a pax size that is wrong",
      archiveOf([{ path: "x", type: "x", content: paxRecord("size", "-1") }, { path: "a" }]),
      "BUNDLE_ARCHIVE",
    ],
    [
      "a name that is not UTF-8",
      archiveOf([{ path: "x", type: "L", content: Uint8Array.of(0xff, 0xfe) }, { path: "a" }]),
      "BUNDLE_NAME",
    ],
  ];
  for (const [title, bytes, code] of table) {
    test(title, async () => {
      await assert.rejects(contentOf(bytes), isRefusal(code));
    });
  }
  test("one that unpacks to far more than it seems stops there", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    await assert.rejects(contentOf(bomb, { maxBytes: 1024, maxFiles: 10 }), isRefusal("LOAD_TOO_LARGE"));
  });
  test("one whose files hold more than is allowed", async () => {
    const bytes = archiveOf([
      { path: "a", content: "x".repeat(600) },
      { path: "b", content: "x".repeat(600) },
    ]);
    await assert.rejects(contentOf(bytes, { maxBytes: 1000, maxFiles: 10 }), isRefusal("LOAD_TOO_LARGE"));
  });
  test("one with more files than are allowed", async () => {
    const bytes = archiveOf(Array.from({ length: 11 }, (_, index) => ({ path: `f${index}` })));
    await assert.rejects(contentOf(bytes, { maxBytes: 1000, maxFiles: 10 }), isRefusal("LOAD_TOO_LARGE"));
  });
});
