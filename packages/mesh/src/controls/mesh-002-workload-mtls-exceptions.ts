import type { Control } from "@redoubt/control";
import { meshPolicies } from "../model/policies.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const workloadMtlsExceptions: Control = {
  id: "MESH-002",
  title: "Workloads and ports without strict mTLS",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "A PeerAuthentication with a selector, or for one port, overrides the stricter one of the namespace: those pods accept clients without an identity again.",
  remediation: "Remove the exception, or set its mode to STRICT once its clients are in the mesh.",
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  mtls:
    mode: PERMISSIVE
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
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of meshPolicies(snapshot).peerAuthentications) {
      if (policy.selector === undefined) continue;
      const exceptions = [
        { mode: policy.mode, where: "", path: ["spec", "mtls", "mode"] },
        ...[...policy.portModes].map(([port, mode]) => ({
          mode,
          where: `port ${port} of `,
          path: ["spec", "portLevelMtls", port, "mode"],
        })),
      ].filter(({ mode }) => mode === "PERMISSIVE" || mode === "DISABLE");
      const labels = Object.entries(policy.selector)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
      for (const { mode, where, path } of exceptions) {
        report.fail(policy.object, {
          message: `PeerAuthentication ${policy.name} sets ${mode} for ${where}pods with ${labels}: ${mode === "DISABLE" ? "mTLS is off there" : "plaintext is accepted there"}, whatever the namespace says.`,
          path,
          severity: mode === "DISABLE" ? "high" : "medium",
        });
      }
      if (exceptions.length === 0) report.pass(policy.object);
    }
  },
};
