import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runSuite } from "../run-suite.ts";
import { rbac } from "./rbac.ts";

const corpus = join(import.meta.dirname, "../../../../..", "shared", "corpora", "rbac");

test(
  "every recorded verdict and missing rule of the API server's RBAC code is ours too",
  { skip: existsSync(corpus) ? false : "the recorded cases are not here" },
  async () => {
    const { passed, failures, skips } = await runSuite(rbac, corpus);
    assert.deepEqual(failures, []);
    assert.deepEqual(skips, []);
    assert.ok(passed > 800);
  },
);
