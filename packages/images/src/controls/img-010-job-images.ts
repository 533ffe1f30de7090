import type { Control } from "@redoubt/control";
import { type Path, objectAt, stringAt } from "@redoubt/kube";
import { readGithubWorkflow } from "../model/github.ts";
import { readGitlabPipeline } from "../model/gitlab.ts";
import { isMovingTag, isTemplated, parseImageReference } from "../model/reference.ts";
import { pipelinesOf } from "../engine/pipeline-scan.ts";

export const jobImagesPinned: Control = {
  id: "IMG-010",
  title: "Pipeline jobs run in images of a fixed version",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "A job's image runs with the pipeline's credentials. One that moves can change what a scan finds from one day to the next, and a taken-over publisher reaches every pipeline at once.",
  remediation: "Name a version, and better still its digest: aquasec/trivy:0.58.1@sha256:...",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `scan:
  image: aquasec/trivy:latest
  script:
  - trivy image --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
`,
    passing: `scan:
  image: aquasec/trivy:0.58.1
  script:
  - trivy image --exit-code 1 $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of pipelinesOf(snapshot)) {
      const images =
        artifact.artifact === "gitlab-ci"
          ? gitlabImages(readGitlabPipeline(artifact).jobs)
          : githubImages(readGithubWorkflow(artifact).jobs);
      const fixed = images.filter(({ name }) => !isTemplated(name));
      const moving = fixed.filter(({ name }) => {
        const parsed = parseImageReference(name);
        return !("problem" in parsed) && isMovingTag(parsed);
      });
      if (fixed.length > 0 && moving.length === 0) report.pass(artifact);
      const seen = new Set<string>();
      for (const { name, path, where } of moving) {
        if (seen.has(path.join("/"))) continue;
        seen.add(path.join("/"));
        report.fail(artifact, {
          message: `${where} runs in ${name}, ${name.endsWith(":latest") ? "whose tag latest moves" : "which has no tag and so means latest"}`,
          path,
        });
      }
    }
  },
};

interface JobImage {
  readonly name: string;
  readonly path: Path;
  readonly where: string;
}

function gitlabImages(jobs: ReturnType<typeof readGitlabPipeline>["jobs"]): readonly JobImage[] {
  return jobs.flatMap(({ name, image, services }) => [
    ...(image === undefined ? [] : [{ ...image, where: `job ${name}` }]),
    ...services.map((service) => ({ ...service, where: `a service of job ${name}` })),
  ]);
}

function githubImages(jobs: ReturnType<typeof readGithubWorkflow>["jobs"]): readonly JobImage[] {
  return jobs.flatMap(({ name, path, value, steps }) => {
    const plain = stringAt(value, ["container"]);
    const nested = stringAt(value, ["container", "image"]);
    const services = Object.entries(objectAt(value, ["services"]) ?? {}).flatMap(([service, settings]) => {
      const image = stringAt(settings, ["image"]);
      return image === undefined
        ? []
        : [{ name: image, path: [...path, "services", service, "image"], where: `service ${service} of job ${name}` }];
    });
    const actions = steps.flatMap(({ uses, path: at }) =>
      uses?.startsWith("docker://") === true
        ? [{ name: uses.slice("docker://".length), path: [...at, "uses"], where: `a step of job ${name}` }]
        : [],
    );
    return [
      ...(plain === undefined ? [] : [{ name: plain, path: [...path, "container"], where: `job ${name}` }]),
      ...(nested === undefined ? [] : [{ name: nested, path: [...path, "container", "image"], where: `job ${name}` }]),
      ...services,
      ...actions,
    ];
  });
}
