import type { Control } from "@redoubt/control";
import { pipelinesOf, scansOf } from "../engine/pipeline-scan.ts";

export const scanThreshold: Control = {
  id: "IMG-007",
  title: "Image scans count high vulnerabilities",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Pod security" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "Most vulnerabilities that are exploited are rated high, not critical. A gate that only sees the latter lets them through.",
  remediation: "Count HIGH and CRITICAL; except single findings that do not apply, with a reason and a date.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `scan:
  stage: test
  image: aquasec/trivy:0.58.1
  script:
  - trivy image --severity CRITICAL --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
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
      const narrow = scans.filter(({ narrow: reason }) => reason !== undefined);
      if (scans.length > narrow.length) report.pass(artifact);
      else
        for (const { where, tool, narrow: reason } of narrow)
          report.fail(artifact, { message: `${where}: ${tool}: ${reason?.reason ?? ""}`, path: reason?.path ?? [] });
    }
  },
};
