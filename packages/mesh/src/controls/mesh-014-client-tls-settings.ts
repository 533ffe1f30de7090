import type { Control } from "@redoubt/control";
import { clientTlsProblems } from "../engine/client-tls.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const clientTlsSettings: Control = {
  id: "MESH-014",
  title: "Client settings that give up mTLS",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "A DestinationRule decides how the client's proxy connects. DISABLE sends plaintext, SIMPLE sends no certificate, and insecureSkipVerify trusts any server: each gives up what the mesh provides.",
  remediation:
    "Leave tls out, so that Istio uses mTLS by itself wherever the server has a sidecar, or set mode ISTIO_MUTUAL.",
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: db
  namespace: shop
spec:
  host: db.shop.svc.cluster.local
  trafficPolicy:
    tls:
      mode: DISABLE
`,
    passing: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: db
  namespace: shop
spec:
  host: db.shop.svc.cluster.local
  trafficPolicy:
    tls:
      mode: ISTIO_MUTUAL
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const rule of snapshot.listUntyped("networking.istio.io", "DestinationRule")) {
      const problems = clientTlsProblems(rule);
      for (const problem of problems) report.fail(rule, problem);
      if (problems.length === 0) report.pass(rule);
    }
  },
};
