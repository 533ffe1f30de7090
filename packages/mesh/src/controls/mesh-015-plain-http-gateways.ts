import type { Control } from "@redoubt/control";
import { gatewayServers } from "../model/gateway.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const plainHttpGateways: Control = {
  id: "MESH-015",
  title: "Gateways that serve plain HTTP",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1040"), owasp],
  rationale: "Without TLS, passwords and session cookies cross the network readable.",
  remediation: "Serve HTTPS, and let the HTTP port redirect to it with tls.httpsRedirect: true.",
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: public
  namespace: shop
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: [shop.example.com]
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: SIMPLE, credentialName: shop-tls }
`,
    passing: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: public
  namespace: shop
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: [shop.example.com]
      tls: { httpsRedirect: true }
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: SIMPLE, credentialName: shop-tls }
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const gateway of snapshot.listUntyped("networking.istio.io", "Gateway")) {
      const servers = gatewayServers(gateway);
      const plain = servers.filter(({ protocol, redirects }) => PLAIN.has(protocol) && !redirects);
      for (const { port, hosts, path } of plain) {
        const secure = servers.some(
          (other) => other.protocol === "HTTPS" && hosts.every((host) => other.hosts.includes(host)),
        );
        report.fail(gateway, {
          message: `Gateway ${gateway.name} serves ${hosts.join(", ")} in plain HTTP on port ${port}.`,
          path: [...path, "port", "protocol"],
          ...(secure
            ? {
                fix: {
                  description: "Redirect HTTP requests to HTTPS, which the Gateway serves for the same hosts.",
                  edits: [{ op: "set", path: [...path, "tls", "httpsRedirect"], value: true }],
                  caution: "Clients that do not follow redirects stop working.",
                },
              }
            : {}),
        });
      }
      if (servers.length > 0 && plain.length === 0) report.pass(gateway);
    }
  },
};

const PLAIN: ReadonlySet<string> = new Set(["HTTP", "HTTP2", "GRPC"]);
