import type { Control } from "@redoubt/control";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const ingressSnippets: Control = {
  id: "NET-021",
  title: "Ingress snippets",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, attack("T1190"), owasp],
  rationale:
    "Snippet annotations are pasted into the configuration of ingress-nginx, which can read every TLS key and, on most installations, every Secret of the cluster (CVE-2021-25742).",
  remediation: "Use the annotations made for the purpose, and set allow-snippet-annotations: false in the controller.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: "more_set_headers X-A;"
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
      const snippets = Object.keys(ingress.annotations).filter((key) => SNIPPET.test(key));
      for (const key of snippets) {
        report.fail(ingress, {
          message: `Annotation ${key} of Ingress ${ingress.name} is pasted into the proxy's configuration: who may write it can read the proxy's credentials and certificates.`,
          path: ["metadata", "annotations", key],
        });
      }
      if (snippets.length === 0) report.pass(ingress);
    }
  },
};

/** Every annotation of ingress-nginx and of the NGINX Inc. controller that takes raw configuration. */
const SNIPPET =
  /^(nginx\.ingress\.kubernetes\.io\/(configuration-snippet|server-snippet|auth-snippet|stream-snippet|modsecurity-snippet)|nginx\.org\/(location|server)-snippets)$/;
