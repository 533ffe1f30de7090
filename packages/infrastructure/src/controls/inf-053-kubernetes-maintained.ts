import type { Control } from "@redoubt/control";
import type { ClusterSnapshot } from "@redoubt/kube";
import { type Versioned, reportMaintenance } from "../engine/maintenance.ts";
import { kubernetesMaintenance } from "../model/end-of-life.ts";
import { evidenceOfType, gapOf, looksAtCluster, readAt, timeOfEvidence } from "../model/evidence.ts";
import { minorVersion } from "../model/minor-version.ts";

export const kubernetesMaintained: Control = {
  id: "INF-053",
  title: "Kubernetes still gets security fixes",
  layer: "infrastructure",
  item: "updates",
  severity: "high",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Upgrading and application security practices" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1190" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "A minor version gets fixes for fourteen months. What is found afterwards stays open in it, and is published all the same.",
  remediation: "Upgrade the control plane, then the nodes, one minor version at a time.",
  examples: {
    failing: `apiVersion: evidence.redoubt.dev/v1
kind: ServerVersion
metadata:
  name: kube-apiserver
source: /version
time: "2026-11-24T00:00:00Z"
version: v1.31.4
`,
    passing: `apiVersion: evidence.redoubt.dev/v1
kind: ServerVersion
metadata:
  name: kube-apiserver
source: /version
time: "2026-11-24T00:00:00Z"
version: v1.36.1
`,
  },
  fixable: false,
  check(snapshot, report) {
    const now = timeOfEvidence(snapshot);
    const found = versionsOf(snapshot);
    for (const { minor, ...versioned } of found)
      reportMaintenance(versioned, kubernetesMaintenance(minor, now), report);
    if (found.length > 0 || !looksAtCluster(snapshot)) return;
    const gap = gapOf(snapshot, "server-version");
    report.unknown(undefined, {
      message: `which version of Kubernetes runs is not known${gap === undefined ? "" : `: ${gap.message}`}`,
      needs: gap?.needs ?? "a live cluster, or its Node objects",
    });
  },
};

function versionsOf(snapshot: ClusterSnapshot): readonly (Versioned & { readonly minor: number })[] {
  const server = evidenceOfType(snapshot, "server-version").flatMap((evidence) => {
    const minor = minorVersion(evidence.version);
    const what = `kube-apiserver ${evidence.version} (${readAt(evidence)})`;
    return minor === undefined ? [] : [{ object: evidence.object, path: ["version"], what, minor }];
  });
  const kubelets = snapshot.list("Node").flatMap((object) => {
    const version = object.value.status?.nodeInfo?.kubeletVersion ?? "";
    const minor = minorVersion(version);
    const path = ["status", "nodeInfo", "kubeletVersion"];
    return minor === undefined ? [] : [{ object, path, what: `kubelet ${version}`, minor }];
  });
  return [...server, ...kubelets];
}
