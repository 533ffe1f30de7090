import type { Control } from "@redoubt/control";
import { runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const reviewUsesAuditLog: Control = {
  id: "RES-009",
  title: "The review of changes uses the audit log",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1070" },
  ],
  rationale:
    "The API server forgets events after an hour, they do not say who did something, and whoever may write them may delete them. The audit log has the user, the address and the request.",
  remediation:
    "Search the audit log for the pod, its ServiceAccount and the addresses involved; keep the events beside it.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Incident: review recent changes
kubectl get events --sort-by=.lastTimestamp -A
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { artifact, commands, kubectl } of runbooksOf(snapshot)) {
      const events = kubectl.find(
        ({ verb, arguments: rest }) => verb === "events" || (verb === "get" && /^(?:events?|ev)$/.test(rest[0] ?? "")),
      );
      const audit = commands.some(({ words, redirects }) =>
        [...words, ...redirects.map(({ target }) => target)].some(({ text }) => /audit/i.test(text)),
      );
      if (audit) report.pass(artifact);
      else if (events !== undefined)
        report.fail(artifact, {
          message:
            "recent changes are read from events alone, which the API server keeps for one hour by default and which do not say who made a change: the audit log does",
          path: ["line", events.line],
        });
    }
  },
};
