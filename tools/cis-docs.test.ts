import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { CIS_RECOMMENDATIONS, CIS_VERSIONS } from "@redoubt/infrastructure";
import { catalogue } from "@redoubt/posture";
import { cisDocs, cisDocsFile, controlsOf } from "./cis-docs.ts";

suite("the CIS benchmark, sections 1 to 4", () => {
  test("each recommendation has a control, or a reason why it has none", () => {
    for (const { id, reason } of CIS_RECOMMENDATIONS) assert.equal(controlsOf(id).length > 0, reason === undefined, id);
  });

  test("controls refer to what the benchmark has, in the version that has it", () => {
    const known = new Set(
      CIS_RECOMMENDATIONS.flatMap(({ id, versions }) => versions.map((version) => `${version} ${id}`)),
    );
    for (const { id: control, references } of catalogue)
      for (const { framework, version, id } of references)
        if (framework === "CIS" && /^[1-4]\./.test(id)) {
          assert.ok(CIS_VERSIONS.includes(version), `${control}: version ${version}`);
          assert.ok(known.has(`${version} ${id}`), `${control}: ${version} has no ${id}`);
        }
  });

  test("docs/cis.md is not stale: npm run generate writes it again", () => {
    assert.equal(readFileSync(cisDocsFile, "utf8"), cisDocs());
  });
});
