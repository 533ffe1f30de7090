import type { Control } from "@redoubt/control";
import { type Path, isJsonObject } from "@redoubt/kube";
import { readGithubWorkflow } from "../model/github.ts";

export const workflowPermissions: Control = {
  id: "IMG-015",
  title: "GitHub workflows say which permissions they need",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
    { framework: "OWASP-K8S", version: "2025", id: "K09" },
  ],
  rationale:
    "Without permissions the token has the repository's default, in older repositories the right to write everything: code, releases, packages. Every action in the workflow can use it.",
  remediation: "Set permissions: contents: read for the workflow, and more only for the job that needs it.",
  examples: {
    file: ".github/workflows/build.yml",
    failing: `on: push
permissions: write-all
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
    - run: make test
`,
    passing: `on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
    - run: make test
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("github-workflow")) {
      const { value, jobs } = readGithubWorkflow(artifact);
      const blocks: { path: Path; permissions: unknown }[] = [
        { path: ["permissions"], permissions: value["permissions"] },
      ];
      for (const job of jobs)
        blocks.push({ path: [...job.path, "permissions"], permissions: job.value["permissions"] });
      const writeAll = blocks.filter(({ permissions }) => permissions === "write-all");
      for (const { path } of writeAll)
        report.fail(artifact, {
          message: "permissions: write-all lets every step push code, releases and packages",
          path,
        });
      if (writeAll.length > 0) continue;
      const without =
        value["permissions"] === undefined ? jobs.filter((job) => job.value["permissions"] === undefined) : [];
      if (without.length === 0) report.pass(artifact);
      else
        report.fail(artifact, {
          message: `no permissions are set for ${without.map(({ name }) => `job ${name}`).join(", ")}: the token has the repository's default, which may be to write everything`,
          path: isJsonObject(value["jobs"]) ? ["jobs", without[0]?.name ?? ""] : [],
          severity: "low",
        });
    }
  },
};
