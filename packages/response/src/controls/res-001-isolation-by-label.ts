import type { Control } from "@redoubt/control";
import { isSelected, labellingsOf } from "../engine/isolation.ts";
import { runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const isolationWorks: Control = {
  id: "RES-001",
  title: "A quarantine label is backed by a NetworkPolicy",
  layer: "cluster",
  item: "incident-response",
  severity: "high",
  references: [{ framework: "NSA-CISA", version: "1.2", id: "Network separation and hardening" }],
  rationale:
    "A label alone isolates nothing. Only a NetworkPolicy that selects it cuts connections; and policies add up, so as long as the pod keeps its other labels, what they allow stays open.",
  remediation:
    "Keep a deny-all NetworkPolicy for the quarantine label in every namespace, and let the runbook take the pod's other labels away, which also removes it from Services.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Isolate the affected pod
kubectl -n shop label pod "$1" quarantine=true
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const runbook of runbooksOf(snapshot)) {
      const labellings = labellingsOf(runbook);
      const [first] = labellings;
      if (first === undefined) continue;
      const path = ["line", first.line];
      if (!isSelected(snapshot, runbook, first))
        report.fail(runbook.artifact, {
          message: `the label ${first.labels.map(([key, value]) => `${key}=${value}`).join(", ")} isolates nothing: no NetworkPolicy among what was given, or applied by this script, selects it`,
          path,
        });
      else if (!labellings.some(({ removes }) => removes))
        report.fail(runbook.artifact, {
          message:
            "the pod keeps its other labels, and what NetworkPolicies allow for them stays allowed beside the quarantine; Services also still send to it",
          path,
          severity: "low",
        });
      else report.pass(runbook.artifact);
    }
  },
};
