import type { Control } from "@redoubt/control";
import { nsa, owasp } from "../model/frameworks.ts";

export const oldApiVersions: Control = {
  id: "MESH-022",
  title: "Old Istio API versions",
  layer: "cluster",
  item: "network-policies",
  severity: "info",
  references: [nsa, owasp],
  rationale:
    "Since Istio 1.22 the security and networking APIs are v1. The older versions are still read, and will go as alpha versions went before.",
  remediation:
    "Write apiVersion: security.istio.io/v1 and networking.istio.io/v1 once the control plane is 1.22 or later.",
  examples: {
    failing: `apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata:
  name: default
  namespace: shop
spec:
  mtls:
    mode: STRICT
`,
    passing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: shop
spec:
  mtls:
    mode: STRICT
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const object of snapshot.objects) {
      const kinds = STABLE.get(object.group);
      if (kinds === undefined || !kinds.includes(object.kind)) continue;
      if (object.apiVersion === `${object.group}/v1`) {
        report.pass(object);
        continue;
      }
      report.fail(object, {
        message: `${object.kind} ${object.name} is written in ${object.apiVersion}; ${object.group}/v1 is the stable version since Istio 1.22.`,
        path: ["apiVersion"],
      });
    }
  },
};

/** The kinds that have a v1. */
const STABLE: ReadonlyMap<string, readonly string[]> = new Map([
  ["security.istio.io", ["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"]],
  [
    "networking.istio.io",
    ["DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "VirtualService", "WorkloadEntry", "WorkloadGroup"],
  ],
  ["telemetry.istio.io", ["Telemetry"]],
]);
