import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runSuite } from "../run-suite.ts";
import { podSecurity } from "./pod-security.ts";

const corpus = join(import.meta.dirname, "../../../../..", "shared", "corpora", "pod-security");

test(
  "every recorded verdict and message of the Pod Security Standards is ours too",
  { skip: existsSync(corpus) ? false : "the recorded cases are not here" },
  async () => {
    const { passed, failures, skips } = await runSuite(podSecurity, corpus);
    assert.deepEqual(failures, []);
    assert.deepEqual(skips, []);
    assert.ok(passed > 3000);
  },
);
