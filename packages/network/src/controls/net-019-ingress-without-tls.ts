import type { Control } from "@redoubt/control";
import { hostsWithoutTls } from "../engine/ingress-tls.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const ingressWithoutTls: Control = {
  id: "NET-019",
  title: "Ingresses without TLS",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1040"), owasp],
  rationale:
    "Without TLS, passwords and session cookies cross the network readable, and anyone on the way can change the pages.",
  remediation: "Add a tls section with the host and a certificate Secret (cert-manager can issue it).",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
spec:
  rules:
    - host: shop.example.com
      http:
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
      const missing = hostsWithoutTls(ingress);
      for (const { host, path } of missing) {
        report.fail(ingress, {
          message: `Ingress ${ingress.name} serves ${host} over plain HTTP: no tls entry covers it.`,
          path,
        });
      }
      if (missing.length === 0) report.pass(ingress);
    }
  },
};
