import type { Control } from "@redoubt/control";
import { type Path, listAt, objectAt, stringAt } from "@redoubt/kube";
import { pipelinesOf } from "../engine/pipeline-scan.ts";
import { readGithubWorkflow } from "../model/github.ts";
import { readGitlabPipeline } from "../model/gitlab.ts";

export const buildsUnprivileged: Control = {
  id: "IMG-012",
  title: "Images are built without a privileged Docker daemon",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1611" },
    { framework: "OWASP-K8S", version: "2025", id: "K01" },
  ],
  rationale:
    "docker:dind needs a privileged runner, and a mounted docker.sock is root on the machine: whoever can change a Dockerfile or a job then owns the runner and what other projects leave on it.",
  remediation: "Build with BuildKit rootless, buildah or kaniko's successors in an ordinary container.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `build:
  image: docker:27.3.1
  services:
  - docker:27.3.1-dind
  script:
  - docker build .
`,
    passing: `build:
  image: quay.io/buildah/stable:v1.37
  script:
  - buildah bud .
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of pipelinesOf(snapshot)) {
      const found =
        artifact.artifact === "gitlab-ci"
          ? gitlabDaemons(readGitlabPipeline(artifact).jobs)
          : githubDaemons(readGithubWorkflow(artifact).jobs);
      if (found.length === 0) report.pass(artifact);
      for (const failure of found) report.fail(artifact, failure);
    }
  },
};

interface Daemon {
  readonly message: string;
  readonly path: Path;
  readonly severity?: "high";
}

function gitlabDaemons(jobs: ReturnType<typeof readGitlabPipeline>["jobs"]): readonly Daemon[] {
  return jobs.flatMap(({ name, services, merged, path }) => {
    const dind = services.find(
      (service) => /(?:^|\/)docker:[\w.-]*dind/.test(service.name) && !service.name.includes("rootless"),
    );
    if (dind === undefined) return [];
    const found: Daemon[] = [
      { message: `job ${name} uses ${dind.name}, which needs a privileged runner`, path: dind.path },
    ];
    const variables = objectAt(merged, ["variables"]) ?? {};
    if (variables["DOCKER_TLS_CERTDIR"] === "" || stringAt(variables, ["DOCKER_HOST"])?.endsWith(":2375") === true)
      found.push({
        message: `job ${name} talks to that daemon without TLS: anything on the runner's network has root in it`,
        path: [...path, "variables"],
        severity: "high",
      });
    return found;
  });
}

function githubDaemons(jobs: ReturnType<typeof readGithubWorkflow>["jobs"]): readonly Daemon[] {
  return jobs.flatMap(({ name, path, value }) => {
    const found: Daemon[] = [];
    const options = stringAt(value, ["container", "options"]) ?? "";
    if (/(?:^|\s)--privileged(?:=true)?(?:\s|$)/.test(options))
      found.push({
        message: `job ${name} runs in a privileged container: root on the runner`,
        path: [...path, "container", "options"],
      });
    listAt(value, ["container", "volumes"]).forEach((volume, index) => {
      if (typeof volume === "string" && volume.includes("docker.sock"))
        found.push({
          message: `job ${name} mounts the runner's docker.sock: root on the runner`,
          path: [...path, "container", "volumes", index],
        });
    });
    return found;
  });
}
