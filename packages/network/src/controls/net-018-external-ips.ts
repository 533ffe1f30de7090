import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const externalIps: Control = {
  id: "NET-018",
  title: "Services that claim external addresses",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [cis("5.3.1"), nsa, attack("T1557"), owasp],
  rationale:
    "Traffic of the cluster to an address in externalIPs goes to this Service, whoever the address belongs to (CVE-2020-8554): who may create Services can intercept connections.",
  remediation: "Use a LoadBalancer or Ingress, and enable the DenyServiceExternalIPs admission plugin.",
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  externalIPs: [203.0.113.10]
  selector: { app: web }
  ports: [{ port: 443 }]
`,
    passing: `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: ClusterIP
  selector: { app: web }
  ports: [{ port: 443 }]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const service of snapshot.list("Service")) {
      const addresses = service.value.spec?.externalIPs ?? [];
      if (addresses.length === 0) {
        report.pass(service);
        continue;
      }
      report.fail(service, {
        message: `Service ${service.name} claims ${addresses.join(", ")} as its own: every pod and node that connects there reaches this Service instead.`,
        path: ["spec", "externalIPs"],
      });
    }
  },
};
