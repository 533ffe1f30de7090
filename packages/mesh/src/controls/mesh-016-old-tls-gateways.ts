import type { Control } from "@redoubt/control";
import { gatewayServers } from "../model/gateway.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const oldTlsGateways: Control = {
  id: "MESH-016",
  title: "Gateways that accept old TLS",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1557"), owasp],
  rationale: "TLS 1.0 and 1.1 are broken and forbidden by RFC 8996. Istio's default is 1.2.",
  remediation: "Remove minProtocolVersion, or set it to TLSV1_2 or TLSV1_3.",
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: public
  namespace: shop
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: SIMPLE, credentialName: shop-tls, minProtocolVersion: TLSV1_0 }
`,
    passing: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: public
  namespace: shop
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: SIMPLE, credentialName: shop-tls }
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const gateway of snapshot.listUntyped("networking.istio.io", "Gateway")) {
      const secured = gatewayServers(gateway).filter(({ tlsMode }) => tlsMode !== undefined);
      const old = secured.filter(
        ({ minProtocolVersion }) => minProtocolVersion === "TLSV1_0" || minProtocolVersion === "TLSV1_1",
      );
      for (const { port, minProtocolVersion = "", path } of old) {
        report.fail(gateway, {
          message: `Gateway ${gateway.name} accepts ${minProtocolVersion === "TLSV1_0" ? "TLS 1.0" : "TLS 1.1"} on port ${port}.`,
          path: [...path, "tls", "minProtocolVersion"],
          fix: {
            description: "Accept TLS 1.2 and later only.",
            edits: [{ op: "set", path: [...path, "tls", "minProtocolVersion"], value: "TLSV1_2" }],
            caution: "Clients older than about 2013 can no longer connect.",
          },
        });
      }
      if (secured.length > 0 && old.length === 0) report.pass(gateway);
    }
  },
};
