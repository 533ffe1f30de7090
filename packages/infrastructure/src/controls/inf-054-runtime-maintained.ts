import type { Control } from "@redoubt/control";
import { reportMaintenance } from "../engine/maintenance.ts";
import { runtimeMaintenance } from "../model/end-of-life.ts";
import { timeOfEvidence } from "../model/evidence.ts";

export const runtimeMaintained: Control = {
  id: "INF-054",
  title: "Nodes run a container runtime that still gets security fixes",
  layer: "infrastructure",
  item: "updates",
  severity: "high",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Upgrading and application security practices" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1068" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "The runtime is what stands between a container and the node. A way out of it that is found after its last release stays open.",
  remediation: "Upgrade the runtime together with the node's image.",
  examples: {
    failing: example("containerd://1.6.28"),
    passing: example("containerd://2.3.1"),
  },
  fixable: false,
  check(snapshot, report) {
    const now = timeOfEvidence(snapshot);
    for (const object of snapshot.list("Node")) {
      const value = object.value.status?.nodeInfo?.containerRuntimeVersion ?? "";
      if (value === "") continue;
      const versioned = {
        object,
        path: ["status", "nodeInfo", "containerRuntimeVersion"],
        what: `the runtime ${value}`,
      };
      reportMaintenance(
        versioned,
        runtimeMaintenance(value, object.value.status?.nodeInfo?.osImage ?? "", now),
        report,
      );
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
    containerRuntimeVersion: ${value}
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
