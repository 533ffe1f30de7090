import type { Control } from "@redoubt/control";
import { nsa, owasp } from "../model/frameworks.ts";

export const ingressAnyHost: Control = {
  id: "NET-020",
  title: "Ingresses for any host name",
  layer: "cluster",
  item: "network-policies",
  severity: "low",
  references: [nsa, owasp],
  rationale:
    "A rule without a host, or with a wildcard, answers for names that nobody listed: it can take over the traffic of another team's host, and cookies set for a parent domain.",
  remediation: "Name each host.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
spec:
  tls:
    - secretName: shop-tls
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service: { name: web, port: { number: 80 } }
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
spec:
  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service: { name: web, port: { number: 80 } }
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const ingress of snapshot.list("networking.k8s.io/Ingress")) {
      const { rules = [], defaultBackend } = ingress.value.spec ?? {};
      const wide = rules.flatMap(({ host = "" }, index) =>
        host === "" || host.startsWith("*") ? [{ host, index }] : [],
      );
      for (const { host, index } of wide) {
        report.fail(ingress, {
          message: `Ingress ${ingress.name} answers for ${host === "" ? "every host name, because the rule names none" : `every name under ${host.slice(2)}`}.`,
          path: host === "" ? ["spec", "rules", index] : ["spec", "rules", index, "host"],
        });
      }
      if (defaultBackend !== undefined && rules.length === 0) {
        report.fail(ingress, {
          message: `Ingress ${ingress.name} sends every host name to its default backend.`,
          path: ["spec", "defaultBackend"],
        });
      } else if (wide.length === 0) report.pass(ingress);
    }
  },
};
