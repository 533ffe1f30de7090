import type { Control } from "@redoubt/control";
import { buildOf, pipelinesOf, scansOf } from "../engine/pipeline-scan.ts";

export const imagesScanned: Control = {
  id: "IMG-005",
  title: "Images are scanned for vulnerabilities before they are used",
  layer: "container",
  item: "image-scanning",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1525" },
    { framework: "NSA-CISA", version: "1.2", id: "Pod security" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "Most of an image is other people's code. Without a scan its known vulnerabilities reach the cluster unseen.",
  remediation:
    "Add a job that scans the built image and fails on high and critical findings, before anything deploys it.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `build:
  stage: build
  image: docker:27.3.1
  script:
  - docker build -t $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA .
  - docker push $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
`,
    passing: `build:
  stage: build
  image: docker:27.3.1
  script:
  - docker build -t $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA .
scan:
  stage: test
  image: aquasec/trivy:0.58.1
  script:
  - trivy image --severity HIGH,CRITICAL --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
`,
  },
  fixable: false,
  check(snapshot, report) {
    const pipelines = pipelinesOf(snapshot);
    const scanning = pipelines.filter((artifact) => scansOf(artifact).length > 0);
    for (const artifact of scanning) report.pass(artifact);
    if (scanning.length > 0) return;
    const building = pipelines.flatMap((artifact) => {
      const path = buildOf(artifact);
      return path === undefined ? [] : [{ artifact, path }];
    });
    for (const { artifact, path } of building)
      report.fail(artifact, {
        message: "this pipeline builds an image, and no job of any pipeline given scans it",
        path,
      });
    if (building.length === 0)
      report.unknown(undefined, {
        message:
          "whether images are scanned before they run is not known: no pipeline that builds or scans images was given",
        needs: "the CI pipeline (.gitlab-ci.yml, .github/workflows), or scan results for the images that run",
      });
  },
};
