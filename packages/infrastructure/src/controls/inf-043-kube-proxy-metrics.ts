import type { Control } from "@redoubt/control";
import { type ClusterSnapshot, type KubeObject, type Path, stringAt } from "@redoubt/kube";
import { evidenceOfType } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const kubeProxyMetrics: Control = {
  id: "INF-043",
  title: "kube-proxy shows its metrics only on the node itself",
  layer: "infrastructure",
  item: "network-policies",
  severity: "low",
  references: cisReferences("4.3.1"),
  rationale:
    "The metrics port needs no credentials, and beside metrics it serves kube-proxy's whole configuration and the names of what it routes to.",
  remediation: "Set metricsBindAddress to 127.0.0.1:10249, or leave it out.",
  examples: {
    failing: `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
metricsBindAddress: 0.0.0.0:10249
`,
    passing: `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
metricsBindAddress: 127.0.0.1:10249
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, address, path } of addressesOf(snapshot)) {
      if (/^(?:127\.|localhost:|\[::1\]|::1)/.test(address) || address === "") report.pass(object);
      else
        report.fail(object, {
          message: `metricsBindAddress ${address} shows kube-proxy's metrics and configuration, without authentication, to whoever reaches the node`,
          path,
        });
    }
  },
};

interface Address {
  readonly object: KubeObject<object>;
  /** Empty for the default, which is loopback. */
  readonly address: string;
  readonly path: Path;
}

/** From configuration files, from the ConfigMap that kubeadm keeps one in, and from command lines. */
function addressesOf(snapshot: ClusterSnapshot): readonly Address[] {
  const files = snapshot.listUntyped("kubeproxy.config.k8s.io", "KubeProxyConfiguration").map((object) => ({
    object,
    address: stringAt(object.value, ["metricsBindAddress"]) ?? "",
    path: ["metricsBindAddress"],
  }));
  const maps = snapshot
    .list("ConfigMap")
    .filter(({ namespace, name }) => namespace === "kube-system" && name === "kube-proxy")
    .flatMap((object) => {
      const text = object.value.data?.["config.conf"];
      if (text === undefined) return [];
      const address = /^metricsBindAddress:[ \t]*["']?([^"'\s#]*)/m.exec(text)?.[1] ?? "";
      return [{ object, address, path: ["data", "config.conf"] }];
    });
  const started = evidenceOfType(snapshot, "flags")
    .filter(({ component, flags }) => component === "kube-proxy" && Object.hasOwn(flags, "metrics-bind-address"))
    .map(({ object, flags }) => ({
      object,
      address: flags["metrics-bind-address"] ?? "",
      path: ["flags", "metrics-bind-address"],
    }));
  return [...files, ...maps, ...started];
}
