import type { Control } from "@redoubt/control";
import { pipelinesOf, scansOf } from "../engine/pipeline-scan.ts";

export const scanCanFail: Control = {
  id: "IMG-006",
  title: "What an image scan finds can stop the pipeline",
  layer: "container",
  item: "image-scanning",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1525" },
    { framework: "NSA-CISA", version: "1.2", id: "Pod security" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "A scan that cannot fail is a report that nobody has to read: the vulnerable image is deployed all the same.",
  remediation:
    "Let the scan's exit code count: --exit-code 1 (trivy), --fail-on high (grype), no allow_failure, no continue-on-error, no || true.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `scan:
  stage: test
  image: aquasec/trivy:0.58.1
  script:
  - trivy image --severity HIGH,CRITICAL --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
  allow_failure: true
`,
    passing: `scan:
  stage: test
  image: aquasec/trivy:0.58.1
  script:
  - trivy image --severity HIGH,CRITICAL --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
  allow_failure: false
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const artifact of pipelinesOf(snapshot)) {
      const scans = scansOf(artifact);
      const gate = scans.some(({ cannotFail }) => cannotFail === undefined);
      if (gate) report.pass(artifact);
      else
        for (const { where, tool, cannotFail } of scans) {
          if (cannotFail === undefined) continue;
          report.fail(artifact, {
            message: `${where}: the ${tool} scan cannot stop the pipeline: ${cannotFail.reason}`,
            path: cannotFail.path,
            ...(cannotFail.edits === undefined
              ? {}
              : {
                  fix: {
                    description: "Lets the scan's result decide.",
                    edits: cannotFail.edits,
                    caution: "The pipeline then stops while the image has findings.",
                  },
                }),
          });
        }
    }
  },
};
