import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cliReference } from "./reference.ts";

test("docs/cli.md is what the commands' help says (npm run generate writes it)", () => {
  assert.equal(readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8"), cliReference());
});
