import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { scansOf } from "./pipeline-scan.ts";
import { scanRuns } from "./scan-command.ts";

const commands: readonly [script: string, canFail: boolean | undefined][] = [
  ["trivy image --exit-code 1 x", true],
  ["trivy image --exit-code=1 --severity HIGH,CRITICAL x", true],
  ["trivy image x", false],
  ["trivy image --exit-code 0 x", false],
  ["trivy image --exit-code 1 x || true", false],
  ["trivy image --exit-code 1 x || echo found", false],
  ["trivy image --exit-code 1 x || exit 1", true],
  ["TRIVY_EXIT_CODE=1 trivy image x", true],
  ["/usr/local/bin/trivy --quiet image --exit-code 1 x", true],
  ["trivy image --config trivy.yaml x", true],
  ["docker run --rm aquasec/trivy:0.58.1 image --exit-code 1 x", true],
  ["docker run --rm aquasec/trivy:0.58.1 image x", false],
  ["grype x", false],
  ["grype x --fail-on high", true],
  ["grype db update", undefined],
  ["snyk container test x", true],
  ["docker scout cves x", false],
  ["docker scout cves --exit-code x", true],
  ["trivy config .", undefined],
  ["trivy --version", undefined],
  ["echo trivy image x", undefined],
];

suite("scanners' exit codes", () => {
  for (const [script, canFail] of commands)
    test(script, () => {
      const [run] = scanRuns(script, new Map());
      assert.equal(run === undefined ? undefined : run.cannotFail === undefined, canFail);
    });
});

const gitlab = (text: string): readonly boolean[] => {
  const [artifact] = snapshotFromText(text, { file: ".gitlab-ci.yml" }).artifacts;
  assert.ok(artifact !== undefined);
  return scansOf(artifact).map(({ cannotFail }) => cannotFail === undefined);
};

suite("scan jobs", () => {
  test("a report and a gate in one job are a gate", () => {
    assert.deepEqual(
      gitlab(
        "scan:\n  script:\n  - trivy image --exit-code 0 x\n  - trivy image --exit-code 1 --severity CRITICAL x\n",
      ),
      [true],
    );
  });
  test("what a job extends counts", () => {
    assert.deepEqual(
      gitlab(".scan:\n  allow_failure: true\n  script: [trivy image --exit-code 1 x]\nscan:\n  extends: .scan\n"),
      [false],
    );
  });
  test("a job's variables count", () => {
    assert.deepEqual(gitlab('scan:\n  variables: { TRIVY_EXIT_CODE: "1" }\n  script: [trivy image x]\n'), [true]);
  });
  test("GitLab's own template cannot stop a pipeline", () => {
    assert.deepEqual(
      gitlab("include:\n- template: Security/Container-Scanning.gitlab-ci.yml\nbuild:\n  script: [make]\n"),
      [false],
    );
  });
});
