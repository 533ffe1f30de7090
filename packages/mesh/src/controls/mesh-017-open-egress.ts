import type { Control } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const openEgress: Control = {
  id: "MESH-017",
  title: "Sidecars that let everything out",
  layer: "cluster",
  item: "network-policies",
  severity: "low",
  references: [nsa, attack("T1048"), owasp],
  rationale:
    "With outboundTrafficPolicy ALLOW_ANY the proxy forwards connections to hosts that nobody registered, so a broken-into workload can call home unnoticed.",
  remediation:
    "Set REGISTRY_ONLY and register external hosts with ServiceEntries; enforce it with a NetworkPolicy, since the application can bypass its own proxy.",
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata:
  name: default
  namespace: shop
spec:
  outboundTrafficPolicy:
    mode: ALLOW_ANY
`,
    passing: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata:
  name: default
  namespace: shop
spec:
  outboundTrafficPolicy:
    mode: REGISTRY_ONLY
`,
  },
  fixable: false,
  check(snapshot, report) {
    const settings = [
      ...snapshot
        .listUntyped("networking.istio.io", "Sidecar")
        .map((object) => ({ object, path: ["spec", "outboundTrafficPolicy", "mode"] })),
      ...snapshot
        .listUntyped("install.istio.io", "IstioOperator")
        .map((object) => ({ object, path: ["spec", "meshConfig", "outboundTrafficPolicy", "mode"] })),
    ];
    for (const { object, path } of settings) {
      const mode = stringAt(object.value, path);
      if (mode === "REGISTRY_ONLY") report.pass(object);
      // A Sidecar without the setting takes the mesh's; an installation without it has ALLOW_ANY.
      else if (mode === "ALLOW_ANY" || object.kind === "IstioOperator") {
        report.fail(object, {
          message: `${object.kind} ${object.name} lets workloads connect to any host outside the mesh: outboundTrafficPolicy is ${mode ?? "not set, which means ALLOW_ANY"}.`,
          path,
        });
      }
    }
  },
};
