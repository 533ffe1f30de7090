import type { Control } from "@redoubt/control";
import { type Path, isJsonObject, objectAt, valueAt } from "@redoubt/kube";
import { pipelinesOf } from "../engine/pipeline-scan.ts";
import { isCredentialVariable } from "../model/credential-variable.ts";

export const noPipelineCredentials: Control = {
  id: "IMG-013",
  title: "Pipelines hold no literal credentials",
  layer: "container",
  item: "image-scanning",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "Everyone who can read the repository reads the pipeline. A credential in it is published, and the history keeps it.",
  remediation:
    "Keep it as a masked, protected CI variable or secret, or use the platform's OIDC token; replace what was published.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `variables:
  REGISTRY_PASSWORD: 6f1ed002ab55
build:
  script:
  - make image
`,
    passing: `variables:
  REGISTRY_USER: ci
build:
  script:
  - make image
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of pipelinesOf(snapshot)) {
      const blocks = artifact.artifact === "gitlab-ci" ? gitlabBlocks(artifact.value) : githubBlocks(artifact.value);
      const found = blocks.flatMap((path) =>
        Object.entries((isJsonObject(artifact.value) ? objectAt(artifact.value, path) : undefined) ?? {}).flatMap(
          ([name, value]) =>
            isCredentialVariable(name, isJsonObject(value) ? value["value"] : value)
              ? [{ name, path: [...path, name] }]
              : [],
        ),
      );
      if (found.length === 0) report.pass(artifact);
      for (const { name, path } of found)
        report.fail(artifact, {
          message: `${name} is set to a literal value, readable by everyone who reads this file`,
          path,
        });
    }
  },
};

function gitlabBlocks(root: unknown): readonly Path[] {
  if (!isJsonObject(root)) return [];
  return [
    ["variables"],
    ...Object.keys(root)
      .filter((key) => isJsonObject(valueAt(root, [key, "variables"])))
      .map((key): Path => [key, "variables"]),
  ];
}

function githubBlocks(root: unknown): readonly Path[] {
  const jobs = Object.entries(objectAt(root, ["jobs"]) ?? {});
  return [
    ["env"],
    ...jobs.flatMap(([name, job]): Path[] => {
      const steps = isJsonObject(job) && Array.isArray(job["steps"]) ? job["steps"] : [];
      return [
        ["jobs", name, "env"],
        ...steps.flatMap((_, index): Path[] => [
          ["jobs", name, "steps", index, "env"],
          ["jobs", name, "steps", index, "with"],
        ]),
      ];
    }),
  ];
}
