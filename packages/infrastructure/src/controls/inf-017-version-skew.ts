import type { Control, ControlReport } from "@redoubt/control";
import { type ClusterSnapshot, stringAt } from "@redoubt/kube";
import { evidenceOfType } from "../model/evidence.ts";
import { kubeletSkew, minorVersion } from "../model/minor-version.ts";

export const versionSkew: Control = {
  id: "INF-017",
  title: "Nodes run a Kubernetes version that fits the control plane",
  layer: "infrastructure",
  item: "updates",
  severity: "medium",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Upgrading and application security practices" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "A kubelet or kube-proxy newer than the API server, or more than three minor versions older, is not supported, nor are controllers more than one behind; and what is old no longer gets security fixes.",
  remediation: "Upgrade the control plane first, then the nodes, one minor version at a time.",
  examples: {
    failing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.34.4
---
apiVersion: v1
kind: Node
metadata:
  name: worker-1
status:
  nodeInfo:
    kubeletVersion: v1.29.3
`,
    passing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.34.4
---
apiVersion: v1
kind: Node
metadata:
  name: worker-1
status:
  nodeInfo:
    kubeletVersion: v1.34.4
`,
  },
  fixable: false,
  check(snapshot, report) {
    judgeComponents(snapshot, report);
    const nodes = snapshot.list("Node").flatMap((object) => {
      const version = object.value.status?.nodeInfo?.kubeletVersion ?? "";
      const minor = minorVersion(version);
      return minor === undefined ? [] : [{ object, version, minor }];
    });
    if (nodes.length === 0) {
      report.unknown(undefined, {
        message: "which Kubernetes versions run, and whether they still get security fixes, is not known",
        needs: "a live cluster, or its Node objects (kubectl get nodes -o yaml)",
      });
      return;
    }
    const declared = controlPlaneVersion(snapshot);
    const newest = declared ?? Math.max(...nodes.map(({ minor }) => minor));
    const behind = kubeletSkew(newest);
    for (const { object, version, minor } of nodes) {
      const path = ["status", "nodeInfo", "kubeletVersion"];
      if (minor > newest)
        report.fail(object, { message: `kubelet ${version} is newer than the control plane's 1.${newest}`, path });
      else if (newest - minor > behind)
        report.fail(object, {
          message: `kubelet ${version} is ${newest - minor} minor versions behind 1.${newest}, ${declared === undefined ? "which another node runs" : "the control plane's version"}: ${behind} are supported`,
          path,
        });
      else report.pass(object);
    }
  },
};

/** How many minor versions what talks to the API server may be behind it. */
const BEHIND: ReadonlyMap<string, (server: number) => number> = new Map([
  ["kube-controller-manager", (): number => 1],
  ["kube-scheduler", (): number => 1],
  ["kube-proxy", kubeletSkew],
]);
const IMAGE = /(?:^|\/)(kube-controller-manager|kube-scheduler|kube-proxy)(?:-[a-z0-9]+)?:(v1\.\d+[^@]*)/;

/** Components that run in pods, by the tags of their images. */
function judgeComponents(snapshot: ClusterSnapshot, report: ControlReport): void {
  const server = controlPlaneVersion(snapshot);
  if (server === undefined) return;
  for (const { object, containers } of snapshot.workloads)
    for (const { container, path } of containers) {
      const [, name = "", version = ""] = IMAGE.exec(container.image ?? "") ?? [];
      const minor = minorVersion(version);
      const behind = BEHIND.get(name)?.(server);
      if (minor === undefined || behind === undefined) continue;
      const at = [...path, "image"];
      if (minor > server)
        report.fail(object, { message: `${name} ${version} is newer than the API server's 1.${server}`, path: at });
      else if (server - minor > behind)
        report.fail(object, {
          message: `${name} ${version} is ${server - minor} minor versions behind the API server's 1.${server}: ${behind} ${behind === 1 ? "is" : "are"} supported`,
          path: at,
        });
      else report.pass(object);
    }
}

/** What the API server says of itself, or what kubeadm was asked to install. */
function controlPlaneVersion(snapshot: ClusterSnapshot): number | undefined {
  const said = evidenceOfType(snapshot, "server-version").map(({ version }) => version);
  const declared = snapshot
    .listUntyped("kubeadm.k8s.io", "ClusterConfiguration")
    .map(({ value }) => stringAt(value, ["kubernetesVersion"]) ?? "");
  return [...said, ...declared].map(minorVersion).find((minor) => minor !== undefined);
}
