import type { Control } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { readGithubWorkflow } from "../model/github.ts";

const PRIVILEGED = ["pull_request_target", "workflow_run", "issue_comment"];
const HEAD =
  /github\.event\.pull_request\.head\.(?:sha|ref)|github\.head_ref|refs\/pull\/|github\.event\.workflow_run\.head_(?:sha|branch)/;

export const noUntrustedCheckout: Control = {
  id: "IMG-016",
  title: "Workflows with secrets do not run code from forks",
  layer: "container",
  item: "image-scanning",
  severity: "critical",
  references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1195.002" }],
  rationale:
    "pull_request_target and workflow_run have the repository's secrets and a token that can write. Checking out the pull request's own code there hands both to whoever opens one: its build scripts and tests run.",
  remediation:
    "Use pull_request, which has no secrets, for building and testing; keep pull_request_target for labels and comments.",
  examples: {
    file: ".github/workflows/build.yml",
    failing: `on: pull_request_target
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
    - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
      with:
        ref: \${{ github.event.pull_request.head.sha }}
    - run: make test
`,
    passing: `on: pull_request
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
    - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
    - run: make test
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("github-workflow")) {
      const { triggers, jobs } = readGithubWorkflow(artifact);
      const trigger = PRIVILEGED.find((name) => triggers.includes(name));
      const checkouts =
        trigger === undefined
          ? []
          : jobs
              .flatMap(({ steps }) => steps)
              .filter(({ uses, value, run }) =>
                uses?.startsWith("actions/checkout@") === true
                  ? HEAD.test(
                      `${stringAt(value, ["with", "ref"]) ?? ""} ${stringAt(value, ["with", "repository"]) ?? ""}`,
                    )
                  : run !== undefined && /\bgh\s+pr\s+checkout\b|git\s+(?:fetch|checkout)[^\n]*refs\/pull\//.test(run),
              );
      if (checkouts.length === 0) report.pass(artifact);
      for (const { path, uses } of checkouts)
        report.fail(artifact, {
          message: `on ${trigger ?? ""}, which has the repository's secrets, this checks out the code of the pull request`,
          path: uses === undefined ? [...path, "run"] : [...path, "with", "ref"],
        });
    }
  },
};
