import type { Control } from "@redoubt/control";
import { serviceExposure } from "../engine/service-exposure.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const exposedServices: Control = {
  id: "NET-017",
  title: "Services that anyone can reach",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1190"), owasp],
  rationale:
    "A LoadBalancer without source ranges is open to whoever can route to it, often the Internet; a NodePort opens the port on every node. Both bypass the TLS and logins that an Ingress or Gateway adds.",
  remediation:
    "Use an Ingress or Gateway, set loadBalancerSourceRanges, or ask the cloud for an internal load balancer.",
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: LoadBalancer
  selector: { app: web }
  ports: [{ port: 443 }]
`,
    passing: `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: LoadBalancer
  loadBalancerSourceRanges: [192.0.2.0/24]
  selector: { app: web }
  ports: [{ port: 443 }]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const service of snapshot.list("Service")) {
      const exposure = serviceExposure(service);
      if (exposure === undefined) report.pass(service);
      else report.fail(service, exposure);
    }
  },
};
