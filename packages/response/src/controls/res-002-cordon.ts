import type { Control } from "@redoubt/control";
import { appliesNetworkPolicy, isSelected, labellingsOf } from "../engine/isolation.ts";
import { runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const containmentStops: Control = {
  id: "RES-002",
  title: "Containment stops what is already running",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [{ framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" }],
  rationale:
    "kubectl cordon only keeps new pods off a node. The compromised pod, and everything else on the node, goes on as before.",
  remediation:
    "Cut the pod's network first; once evidence is kept, delete the pod or scale its workload down, and drain and rebuild the node if it may be affected.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Isolate the affected node
kubectl cordon "$1"
`,
    passing: SOUND_RUNBOOK.replace("kubectl -n", 'kubectl cordon "$NODE"\nkubectl -n').replace(
      '"${CASE:?}"',
      '"${CASE:?}" "${NODE:?}"',
    ),
  },
  fixable: false,
  check(snapshot, report) {
    for (const runbook of runbooksOf(snapshot)) {
      const { artifact, kubectl } = runbook;
      const cordon = kubectl.find(({ verb }) => verb === "cordon");
      if (cordon === undefined) continue;
      const stops = kubectl.some(
        ({ verb, arguments: rest }) =>
          verb === "drain" ||
          (verb === "delete" &&
            /^(?:pods?|po|deploy|deployments?|daemonsets?|statefulsets?|jobs?)(?:[./]|$)/.test(rest[0] ?? "")) ||
          verb === "scale" ||
          (verb === "taint" && rest.some((word) => word.includes("NoExecute"))),
      );
      const cutsNetwork =
        appliesNetworkPolicy(artifact.text) ||
        labellingsOf(runbook).some((labelling) => isSelected(snapshot, runbook, labelling));
      if (stops || cutsNetwork) report.pass(artifact);
      else
        report.fail(artifact, {
          message:
            "cordon only keeps new pods off the node: nothing in this script stops the pod, drains the node or cuts its network",
          path: ["line", cordon.line],
        });
    }
  },
};
