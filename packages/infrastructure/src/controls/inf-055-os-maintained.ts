import type { Control } from "@redoubt/control";
import { reportMaintenance } from "../engine/maintenance.ts";
import { kernelMaintenance, osMaintenance } from "../model/end-of-life.ts";
import { timeOfEvidence } from "../model/evidence.ts";

export const osMaintained: Control = {
  id: "INF-055",
  title: "Nodes run an operating system and a kernel that still get security fixes",
  layer: "infrastructure",
  item: "updates",
  severity: "high",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Upgrading and application security practices" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1068" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale: "All containers share the node's kernel, and a kernel without fixes is the usual way out of one.",
  remediation: "Replace the nodes by ones of a newer image.",
  examples: {
    failing: example("Ubuntu 20.04.6 LTS"),
    passing: example("Ubuntu 24.04.3 LTS"),
  },
  fixable: false,
  check(snapshot, report) {
    const now = timeOfEvidence(snapshot);
    for (const object of snapshot.list("Node")) {
      const { osImage = "", kernelVersion = "" } = object.value.status?.nodeInfo ?? {};
      const info = ["status", "nodeInfo"];
      if (osImage !== "") {
        const image = { object, path: [...info, "osImage"], what: `the system ${osImage}` };
        reportMaintenance(image, osMaintenance(osImage, now), report);
      }
      const kernel = kernelMaintenance(kernelVersion, now);
      if (kernel !== undefined) {
        const running = { object, path: [...info, "kernelVersion"], what: `the kernel ${kernelVersion}` };
        reportMaintenance(running, kernel, report);
      }
    }
  },
};

function example(value: string): string {
  return `apiVersion: v1
kind: Node
metadata:
  name: worker-1
status:
  nodeInfo:
    osImage: ${value}
---
apiVersion: evidence.redoubt.dev/v1
kind: ServerVersion
metadata:
  name: kube-apiserver
source: /version
time: "2026-11-24T00:00:00Z"
version: v1.36.1
`;
}
