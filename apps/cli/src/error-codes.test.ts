import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite, test } from "node:test";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Where a code stands in the source: as a diagnostic's, as an error's, or with a prefix that only codes have. */
const CODES = [
  /\bcode: "([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g,
  /\b(?:RedoubtError|UsageError)\(\s*"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g,
  /"((?:USAGE|KUBE|EDIT|FIX|PSP|EXCEPTION|BASELINE|CONFIG|LOAD|BUNDLE)_[A-Z0-9_]+)"/g,
  /error (INTERNAL):/g,
];

function codesInSource(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync("{packages,apps}/*/src/**/*.ts", { cwd: root })) {
    if (file.endsWith(".test.ts") || file.includes("/gen/")) continue;
    const text = readFileSync(`${root}${file}`, "utf8");
    for (const pattern of CODES) for (const [, code = ""] of text.matchAll(pattern)) found.set(code, file);
  }
  return found;
}

suite("docs/errors.md", () => {
  const documented = [...readFileSync(`${root}docs/errors.md`, "utf8").matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(
    ([, code = ""]) => code,
  );
  const inSource = codesInSource();

  test("has every code of the source", () => {
    assert.deepEqual(
      [...inSource].filter(([code]) => !documented.includes(code)),
      [],
    );
  });
  test("has no code that is gone", () => {
    assert.deepEqual(
      documented.filter((code) => !inSource.has(code)),
      [],
    );
  });
  test("has each code once", () => {
    assert.equal(new Set(documented).size, documented.length);
  });
});
