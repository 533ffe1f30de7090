import type { Control } from "@redoubt/control";
import { type DockerStage, readDockerfile, stagesOf } from "../model/dockerfile.ts";

export const dockerfileUser: Control = {
  id: "IMG-018",
  title: "Images do not run as root",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Pod security" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1611" },
    { framework: "OWASP-K8S", version: "2025", id: "K01" },
  ],
  rationale:
    "Without USER the image starts as root, and a fault in the application is a fault with root's rights in the container; runAsNonRoot then refuses to start it.",
  remediation: "End the last stage with USER and a number, such as USER 65532: runAsNonRoot can only check numbers.",
  examples: {
    file: "Dockerfile",
    failing: `FROM alpine:3.20
COPY app /app
ENTRYPOINT ["/app"]
`,
    passing: `FROM alpine:3.20
COPY app /app
USER 65532
ENTRYPOINT ["/app"]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("dockerfile")) {
      const stages = stagesOf(readDockerfile(artifact.text));
      let stage: DockerStage | undefined = stages.at(-1);
      if (stage === undefined) continue;
      const last = stage;
      let user = stage.instructions.findLast(({ name }) => name === "USER");
      while (user === undefined && stage !== undefined) {
        const base: string = stage.base;
        stage = stages.slice(0, stages.indexOf(stage)).find(({ alias }) => alias === base.toLowerCase());
        user = stage?.instructions.findLast(({ name }) => name === "USER");
      }
      const name = user?.rest.split(/[\s:]/)[0] ?? "";
      if (user === undefined) {
        if (/nonroot|rootless|distroless.*:.*nonroot/.test(last.base)) report.pass(artifact);
        else
          report.fail(artifact, {
            message: `no USER is set, so the image runs as the user of ${last.base}, which is root unless that image says otherwise`,
            path: ["line", last.from.line],
          });
      } else if (name === "root" || /^0+$/.test(name))
        report.fail(artifact, { message: `USER ${user.rest} makes the image run as root`, path: ["line", user.line] });
      else report.pass(artifact);
    }
  },
};
