import type { Control } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { readGithubWorkflow } from "../model/github.ts";

/** What whoever opens an issue or a pull request writes freely. */
const FREE_TEXT =
  /\$\{\{[^}]*\b(github\.(?:head_ref|event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(?:title|body)|pages(?:\.\*|\[\d+\])\.page_name|commits(?:\.\*|\[\d+\])?\.(?:message|author\.(?:email|name))|head_commit\.(?:message|author\.(?:email|name))|workflow_run\.(?:head_branch|head_commit\.message|display_title))))\b[^}]*\}\}/;

export const noScriptInjection: Control = {
  id: "IMG-017",
  title: "Workflow scripts hold no text that strangers write",
  layer: "container",
  item: "image-scanning",
  severity: "high",
  references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1059" }],
  rationale:
    'GitHub pastes ${{ }} into the script before the shell reads it. A pull request titled `"; curl ... | sh; "` then runs as part of the job, with its token.',
  remediation: 'Give the value to the step as an environment variable, and use it quoted: "$TITLE".',
  examples: {
    file: ".github/workflows/title.yml",
    failing: `on: pull_request
permissions:
  contents: read
jobs:
  title:
    runs-on: ubuntu-24.04
    steps:
    - run: ./check-title "\${{ github.event.pull_request.title }}"
`,
    passing: `on: pull_request
permissions:
  contents: read
jobs:
  title:
    runs-on: ubuntu-24.04
    steps:
    - run: ./check-title "$TITLE"
      env:
        TITLE: \${{ github.event.pull_request.title }}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("github-workflow")) {
      const scripts = readGithubWorkflow(artifact).jobs.flatMap(({ steps }) =>
        steps.flatMap(({ run, uses, value, path }) => {
          const script =
            uses?.startsWith("actions/github-script@") === true ? stringAt(value, ["with", "script"]) : undefined;
          return [
            ...(run === undefined ? [] : [{ text: run, path: [...path, "run"] }]),
            ...(script === undefined ? [] : [{ text: script, path: [...path, "with", "script"] }]),
          ];
        }),
      );
      const injected = scripts.flatMap(({ text, path }) => {
        const found = FREE_TEXT.exec(text)?.[1];
        return found === undefined ? [] : [{ found, path }];
      });
      if (scripts.length > 0 && injected.length === 0) report.pass(artifact);
      for (const { found, path } of injected)
        report.fail(artifact, {
          message: `${found} is pasted into the script, so whoever writes it can run commands in this job`,
          path,
        });
    }
  },
};
