import type { Control } from "@redoubt/control";
import type { ShellCommand } from "@redoubt/kube";
import { type Runbook, runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const variablesChecked: Control = {
  id: "RES-005",
  title: "Runbooks stop when a parameter is missing",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [],
  rationale:
    "Under pressure a variable is forgotten. An empty one turns commands into others: evidence goes to one file that the next run overwrites, grep matches everything, kubectl acts on all.",
  remediation: 'Begin with set -euo pipefail and : "${POD_NAME:?}" for each parameter, and quote every use.',
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Keep evidence
kubectl -n shop describe pod $POD_NAME > incident-$TIMESTAMP.log
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const runbook of runbooksOf(snapshot)) {
      const { artifact } = runbook;
      const unset = unsetVariables(runbook);
      const unquoted = unquotedVariables(runbook);
      const [first] = unset.length > 0 ? unset : unquoted;
      if (first === undefined) {
        report.pass(artifact);
        continue;
      }
      const quoting = `${namesOf(unquoted)} stand${new Set(unquoted.map(({ name }) => name)).size === 1 ? "s" : ""} without quotes (lines ${[...new Set(unquoted.map(({ line }) => line))].join(", ")}), so an empty value disappears from the command and one with blanks becomes several words`;
      const setting = `${namesOf(unset)} ${new Set(unset.map(({ name }) => name)).size === 1 ? "is" : "are"} never set or checked, and without set -u an empty value goes unnoticed`;
      report.fail(artifact, {
        message: [...(unset.length > 0 ? [setting] : []), ...(unquoted.length > 0 ? [quoting] : [])].join("; "),
        path: ["line", first.line],
        severity: unset.length > 0 ? "medium" : "low",
      });
    }
  },
};

interface Use {
  readonly name: string;
  readonly line: number;
}

function namesOf(uses: readonly Use[]): string {
  return [...new Set(uses.map(({ name }) => `$${name}`))].join(", ");
}

const FROM_SHELL = new Set(
  "HOME USER PATH PWD OLDPWD HOSTNAME SHELL RANDOM SECONDS UID EUID LINENO BASHPID PPID LOGNAME TMPDIR KUBECONFIG EDITOR LANG TERM IFS BASH_SOURCE FUNCNAME".split(
    " ",
  ),
);

function unsetVariables({ commands }: Runbook): readonly Use[] {
  if (commands.some(isNounset)) return [];
  const known = new Set(commands.flatMap(assignedBy));
  return usesOf(commands).filter(
    ({ name, modifier }) =>
      /^[A-Za-z_]/.test(name) && !FROM_SHELL.has(name) && !known.has(name) && !/^:?[-?=+]/.test(modifier),
  );
}

function unquotedVariables({ commands }: Runbook): readonly Use[] {
  return usesOf(commands).filter(
    ({ name, quoted, isAssignment }) => !quoted && !isAssignment && /^(?:[A-Za-z_]|[1-9]$|[@*]$)/.test(name),
  );
}

function usesOf(
  commands: readonly ShellCommand[],
): readonly (Use & { modifier: string; quoted: boolean; isAssignment: boolean })[] {
  return commands.flatMap(({ words, assignments, redirects }) => [
    ...assignments.flatMap(({ value }) =>
      value.expansions.map((expansion) => ({ ...expansion, line: value.line, isAssignment: true })),
    ),
    ...[...words, ...redirects.map(({ target }) => target)].flatMap((word) =>
      word.expansions.map((expansion) => ({ ...expansion, line: word.line, isAssignment: false })),
    ),
  ]);
}

function isNounset({ words }: ShellCommand): boolean {
  const [tool, ...rest] = words.map(({ text }) => text);
  return tool === "set" && (rest.some((word) => /^-[a-z]*u/.test(word)) || rest.includes("nounset"));
}

/** Names that a command gives a value: assignments, read, for, and checks such as `: "${X:?}"`. */
function assignedBy({ words, assignments }: ShellCommand): readonly string[] {
  const [tool = "", ...rest] = words.map(({ text }) => text);
  const named = assignments.map(({ name }) => name);
  const checked = words.flatMap(({ expansions }) =>
    expansions.filter(({ modifier }) => /^:?[?=]/.test(modifier)).map(({ name }) => name),
  );
  if (["read", "mapfile", "readarray"].includes(tool))
    named.push(...rest.filter((word) => /^[A-Za-z_]\w*$/.test(word)));
  if (["for", "select"].includes(tool)) named.push(rest[0] ?? "");
  if (["export", "local", "declare", "readonly", "typeset"].includes(tool))
    named.push(...rest.flatMap((word) => /^([A-Za-z_]\w*)=/.exec(word)?.[1] ?? []));
  if (tool === "getopts") named.push(rest[1] ?? "", "OPTARG", "OPTIND");
  return [...named, ...checked];
}
