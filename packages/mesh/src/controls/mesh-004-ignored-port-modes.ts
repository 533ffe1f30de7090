import type { Control } from "@redoubt/control";
import { meshPolicies } from "../model/policies.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const ignoredPortModes: Control = {
  id: "MESH-004",
  title: "Port modes that Istio ignores",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "portLevelMtls counts in a PeerAuthentication with a selector only: without one, or with an unknown mode, the port is treated as all the others.",
  remediation: "Add a selector for the workload that has the port.",
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: shop
spec:
  mtls:
    mode: STRICT
  portLevelMtls:
    8080:
      mode: DISABLE
`,
    passing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  mtls:
    mode: STRICT
  portLevelMtls:
    8080:
      mode: STRICT
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of meshPolicies(snapshot).peerAuthentications) {
      if (policy.portModes.size === 0) continue;
      if (policy.selector !== undefined) {
        report.pass(policy.object);
        continue;
      }
      report.fail(policy.object, {
        message: `PeerAuthentication ${policy.name} has no selector, so its portLevelMtls for port ${[...policy.portModes.keys()].join(", ")} is ignored.`,
        path: ["spec", "portLevelMtls"],
      });
    }
  },
};
