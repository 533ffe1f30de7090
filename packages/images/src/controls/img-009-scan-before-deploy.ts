import type { Control } from "@redoubt/control";
import { parseShell } from "@redoubt/kube";
import { scanRuns } from "../engine/scan-command.ts";
import { type GitlabJob, readGitlabPipeline } from "../model/gitlab.ts";

export const scanBeforeDeploy: Control = {
  id: "IMG-009",
  title: "Images are scanned before they are deployed",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Pod security" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale: "A scan in the same stage as the deployment, or after it, reports on an image that already runs.",
  remediation: "Put the scan in a stage before the deployment, or make the deployment need it.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `stages: [build, deploy, test]
deploy:
  stage: deploy
  script:
  - kubectl apply -f k8s/
scan:
  stage: test
  script:
  - trivy image --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
`,
    passing: `stages: [build, test, deploy]
scan:
  stage: test
  script:
  - trivy image --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
deploy:
  stage: deploy
  script:
  - kubectl apply -f k8s/
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("gitlab-ci")) {
      const { jobs, stages } = readGitlabPipeline(artifact);
      const scans = jobs.filter(({ script }) => script.some(({ text }) => scanRuns(text, new Map()).length > 0));
      const deploys = jobs.filter(
        (job) => !scans.includes(job) && job.script.some(({ text }) => deploysToCluster(text)),
      );
      if (scans.length === 0 || deploys.length === 0) continue;
      const early = deploys.filter((deploy) => !scans.some((scan) => comesBefore(scan, deploy, stages)));
      if (early.length === 0) report.pass(artifact);
      for (const deploy of early)
        report.fail(artifact, {
          message: `job ${deploy.name} (stage ${deploy.stage}) deploys without waiting for ${scans.map(({ name, stage }) => `${name} (stage ${stage})`).join(", ")}, which scans the image`,
          path: deploy.path,
        });
    }
  },
};

/** By stage, or by name where the deployment says what it needs: `needs` takes the place of the stage order. */
function comesBefore(scan: GitlabJob, deploy: GitlabJob, stages: readonly string[]): boolean {
  const { needs } = deploy.merged;
  if (Array.isArray(needs)) {
    const names = needs.map((need) =>
      typeof need === "string"
        ? need
        : typeof need === "object" && need !== null && !Array.isArray(need)
          ? need["job"]
          : undefined,
    );
    if (names.includes(scan.name)) return true;
    return names.length > 0 && names.every((name) => name !== undefined)
      ? false
      : stages.indexOf(scan.stage) < stages.indexOf(deploy.stage);
  }
  return stages.indexOf(scan.stage) < stages.indexOf(deploy.stage);
}

function deploysToCluster(script: string): boolean {
  return parseShell(script).some(({ words }) => {
    const [tool = "", ...rest] = words.map(({ text }) => text);
    if (tool === "kubectl")
      return (
        rest.some((word) => ["apply", "replace", "rollout"].includes(word)) ||
        (rest.includes("set") && rest.includes("image"))
      );
    return tool === "helm" && (rest.includes("upgrade") || rest.includes("install"));
  });
}
