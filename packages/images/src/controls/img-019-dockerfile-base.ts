import type { Control } from "@redoubt/control";
import { readDockerfile, stagesOf } from "../model/dockerfile.ts";
import { isMovingTag, isTemplated, parseImageReference } from "../model/reference.ts";

export const dockerfileBase: Control = {
  id: "IMG-019",
  title: "Images are built on a base of a fixed version",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "Two builds of the same commit on a moving base give different images, and neither can be traced to what it was built from.",
  remediation: "Name a version and its digest, and let a bot open a merge request for each new one.",
  examples: {
    file: "Dockerfile",
    failing: `FROM alpine
USER 65532
`,
    passing: `FROM alpine:3.20
USER 65532
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("dockerfile")) {
      const stages = stagesOf(readDockerfile(artifact.text));
      const aliases = new Set(stages.map(({ alias }) => alias));
      const bases = stages.filter(
        ({ base }) => base !== "scratch" && !aliases.has(base.toLowerCase()) && !isTemplated(base),
      );
      const moving = bases.filter(({ base }) => {
        const parsed = parseImageReference(base);
        return !("problem" in parsed) && isMovingTag(parsed);
      });
      if (stages.length > 0 && moving.length === 0) report.pass(artifact);
      for (const { base, from } of moving)
        report.fail(artifact, {
          message: `FROM ${base} ${base.endsWith(":latest") ? "follows the moving tag latest" : "names no version and so means latest"}`,
          path: ["line", from.line],
        });
    }
  },
};
