import type { Control } from "@redoubt/control";
import { pipelinesOf, scansOf } from "../engine/pipeline-scan.ts";

export const scanAlwaysRuns: Control = {
  id: "IMG-008",
  title: "Image scans run without being asked",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Pod security" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale: "A scan that somebody has to start is skipped when it matters most: when there is no time.",
  remediation: "Run the scan on every pipeline that can lead to a deployment.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `scan:
  stage: test
  image: aquasec/trivy:0.58.1
  script:
  - trivy image --severity HIGH,CRITICAL --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
  when: manual
`,
    passing: `scan:
  stage: test
  image: aquasec/trivy:0.58.1
  script:
  - trivy image --severity HIGH,CRITICAL --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of pipelinesOf(snapshot)) {
      const scans = scansOf(artifact);
      const skipped = scans.filter((scan) => scan.skipped !== undefined);
      if (scans.length > skipped.length) report.pass(artifact);
      else
        for (const { where, tool, skipped: reason } of skipped)
          report.fail(artifact, {
            message: `${where}: the ${tool} scan does not always run: ${reason?.reason ?? ""}`,
            path: reason?.path ?? [],
          });
    }
  },
};
