import type { Control } from "@redoubt/control";
import { isAboutPod, runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const namespaceNamed: Control = {
  id: "RES-004",
  title: "Runbooks say in which namespace the pod is",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [],
  rationale:
    "Without -n kubectl takes the namespace that whoever runs the script happens to have set. The pod is then not found, or another of the same name is isolated.",
  remediation: 'Take the namespace as a parameter, and give -n "$NAMESPACE" to every command.',
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Keep evidence
kubectl describe pod "$1" > evidence.log
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { artifact, kubectl, commands } of runbooksOf(snapshot)) {
      const calls = kubectl.filter(isAboutPod);
      if (calls.length === 0) continue;
      const sets = commands.some(
        ({ words }) =>
          words
            .map(({ text }) => text)
            .join(" ")
            .includes("set-context") || ["kubens", "kubie"].includes(words[0]?.text ?? ""),
      );
      const without = calls.filter(({ namespaced }) => !namespaced);
      const [first] = without;
      if (first === undefined || sets) report.pass(artifact);
      else
        report.fail(artifact, {
          message: `kubectl ${first.verb}${
            without.length > 1
              ? ` (and ${without.length - 1} more, lines ${without
                  .slice(1)
                  .map(({ line }) => line)
                  .join(", ")})`
              : ""
          } names no namespace: it acts on whatever the current context has`,
          path: ["line", first.line],
        });
    }
  },
};
