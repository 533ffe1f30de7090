import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { catalogue } from "@redoubt/posture";
import { controlDocs, controlDocsFile } from "./control-docs.ts";

test("docs/controls.md is not stale: npm run generate writes it again", () => {
  assert.equal(readFileSync(controlDocsFile, "utf8"), controlDocs());
});

test("docs/controls.md has every control", () => {
  const docs = controlDocs();
  for (const { id } of catalogue) assert.ok(docs.includes(`\n| ${id} | `), id);
});
