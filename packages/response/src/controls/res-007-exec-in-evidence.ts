import type { Control } from "@redoubt/control";
import { runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const noExecInEvidence: Control = {
  id: "RES-007",
  title: "Runbooks do not run commands inside the compromised container",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1609" }],
  rationale:
    "exec uses the tools of the container, which the intruder may have replaced and minimal images do not have, changes what is to be examined, and shows the intruder that somebody looks.",
  remediation:
    "Use an ephemeral container with tools of your own (kubectl debug --image=... --target=...), or a checkpoint of the container.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Keep evidence
kubectl -n shop exec "$1" -- ps aux > processes.log
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { artifact, kubectl } of runbooksOf(snapshot)) {
      const calls = kubectl.filter(({ verb }) => verb === "exec" || verb === "cp");
      if (calls.length === 0 && kubectl.some(({ verb }) => verb === "debug")) report.pass(artifact);
      for (const { verb, line, command } of calls) {
        const words = command.words.map(({ text }) => text);
        const inner = words.includes("--") ? words.slice(words.indexOf("--") + 1).join(" ") : "";
        report.fail(artifact, {
          message:
            verb === "cp"
              ? "kubectl cp runs the container's own tar, which an intruder may have replaced, and changes access times in the evidence"
              : `kubectl exec runs ${inner === "" ? "a command" : `"${inner}"`} with the container's own tools, which an intruder may have replaced and a minimal image does not have, and changes the evidence`,
          path: ["line", line],
        });
      }
    }
  },
};
