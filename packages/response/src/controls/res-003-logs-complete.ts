import type { Control } from "@redoubt/control";
import { runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const logsComplete: Control = {
  id: "RES-003",
  title: "Runbooks keep the logs of all containers",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [{ framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" }],
  rationale:
    "kubectl logs gives one container, as it runs now. What sidecars, init containers and the run before a restart wrote is gone with the pod.",
  remediation: "Take kubectl logs --all-containers --timestamps, and once more with --previous.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Keep evidence
kubectl -n shop logs "$1" > evidence.log
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { artifact, kubectl } of runbooksOf(snapshot)) {
      const logs = kubectl.filter(({ verb }) => verb === "logs");
      const [first] = logs;
      if (first === undefined) continue;
      const has = (...names: string[]): boolean => logs.some(({ options }) => names.some((name) => options.has(name)));
      const missing = [
        ...(has("--all-containers", "-c", "--container") ? [] : ["the other containers of the pod (--all-containers)"]),
        ...(has("--previous", "-p") ? [] : ["the run before a restart (--previous)"]),
        ...(has("--timestamps") ? [] : ["times (--timestamps)"]),
      ];
      if (missing.length === 0) report.pass(artifact);
      else
        report.fail(artifact, {
          message: `the logs are kept without ${missing.join(", ")}`,
          path: ["line", first.line],
          severity: missing.length === 1 ? "low" : "medium",
        });
    }
  },
};
