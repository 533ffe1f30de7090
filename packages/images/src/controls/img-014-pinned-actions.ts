import type { Control } from "@redoubt/control";
import { type Path, stringAt } from "@redoubt/kube";
import { readGithubWorkflow } from "../model/github.ts";

export const actionsPinned: Control = {
  id: "IMG-014",
  title: "GitHub actions are pinned to a commit",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "A tag of an action can be moved to other code, and in more than one incident tags of well-known actions, scanners among them, were moved to code that sent away the workflow's secrets. A commit cannot be moved.",
  remediation: "Write the full commit id, with the version in a comment, and let a bot keep it up to date.",
  examples: {
    file: ".github/workflows/build.yml",
    failing: `on: push
permissions:
  contents: read
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
    - uses: aquasecurity/trivy-action@0.28.0
      with:
        exit-code: "1"
`,
    passing: `on: push
permissions:
  contents: read
jobs:
  scan:
    runs-on: ubuntu-24.04
    steps:
    - uses: aquasecurity/trivy-action@915b19bbe73b92a6cf82a1bc12b087c9a19a5fe2 # 0.28.0
      with:
        exit-code: "1"
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("github-workflow")) {
      const uses = readGithubWorkflow(artifact).jobs.flatMap(({ value, path, steps }) => {
        const called = stringAt(value, ["uses"]);
        const own: { uses: string; path: Path }[] =
          called === undefined ? [] : [{ uses: called, path: [...path, "uses"] }];
        return [
          ...own,
          ...steps.flatMap((step) =>
            step.uses === undefined ? [] : [{ uses: step.uses, path: [...step.path, "uses"] }],
          ),
        ];
      });
      const remote = uses.filter((item) => !item.uses.startsWith("./") && !item.uses.startsWith("docker://"));
      const moving = remote.filter((item) => !/@[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(item.uses));
      if (remote.length > 0 && moving.length === 0) report.pass(artifact);
      for (const item of moving) {
        const [name = "", version] = item.uses.split("@");
        const official = /^(?:actions|github)\//.test(name);
        report.fail(artifact, {
          message:
            version === undefined
              ? `${name} names no version`
              : `${name} is pinned to ${version}, which its owner, or whoever takes over the account, can move to other code`,
          path: item.path,
          severity: official ? "low" : "medium",
        });
      }
    }
  },
};
