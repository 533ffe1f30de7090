import type { Control } from "@redoubt/control";
import { runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const runbookGiven: Control = {
  id: "RES-010",
  title: "There is a runbook that contains, keeps evidence and reviews",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [{ framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" }],
  rationale:
    "In an incident there is no time to work out how. What is not written down and tried is done wrong, or in the wrong order: evidence is destroyed first.",
  remediation: "Keep a runbook beside the manifests, and run a drill with it that leaves a signed record.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Incident response
kubectl -n shop delete pod "$1"
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    const runbooks = runbooksOf(snapshot);
    for (const { artifact, kubectl } of runbooks) {
      const keepsEvidence =
        kubectl.some(({ verb }) => ["logs", "describe", "debug", "exec", "cp"].includes(verb)) ||
        kubectl.some(({ verb, options }) => verb === "get" && (options.has("-o") || options.has("--output")));
      const destroys = kubectl.find(({ verb }) => verb === "delete" || verb === "drain");
      const evidenceAt = kubectl.findIndex(({ verb }) => verb === "logs" || verb === "debug");
      if (destroys !== undefined && (evidenceAt < 0 || kubectl.indexOf(destroys) < evidenceAt))
        report.fail(artifact, {
          message: `kubectl ${destroys.verb} ${evidenceAt < 0 ? "runs and no evidence is kept" : "comes before evidence is kept"}: logs, memory and files of the pod are gone`,
          path: ["line", destroys.line],
        });
      else if (!keepsEvidence)
        report.fail(artifact, {
          message: "this runbook keeps no evidence: no logs, no description, no copy",
          path: ["line", 1],
          severity: "low",
        });
      else report.pass(artifact);
    }
    if (runbooks.length === 0)
      report.unknown(undefined, {
        message: "whether there is a plan for incidents, and whether it was tried, is not known: no runbook was given",
        needs: "the runbook scripts, and the record of a drill",
      });
  },
};
