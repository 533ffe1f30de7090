import type { Control } from "@redoubt/control";
import { reachableMetadata } from "../engine/metadata-service.ts";
import { describeSelector } from "../engine/selector-text.ts";
import { networkPolicies } from "../model/policy.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const metadataService: Control = {
  id: "NET-022",
  title: "Egress that reaches the cloud's metadata service",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1552.005"), owasp],
  rationale:
    "At 169.254.169.254 most clouds hand the credentials of the node to whoever asks. A rule that opens the Internet opens that address with it.",
  remediation: "Except 169.254.169.254/32 from the block; Workload Identity and IRSA do not need it.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock: { cidr: 0.0.0.0/0 }
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock: { cidr: 0.0.0.0/0, except: [169.254.169.254/32] }
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      let judged = false;
      let failed = false;
      for (const rule of policy.rules) {
        if (rule.direction !== "egress") continue;
        for (const [index, { ipBlock }] of rule.peers.entries()) {
          if (ipBlock === undefined) continue;
          judged = true;
          const address = reachableMetadata(ipBlock, rule.ports);
          if (address === undefined) continue;
          failed = true;
          const path = [...rule.peersPath, index, "ipBlock"];
          report.fail(policy.object, {
            message: `NetworkPolicy ${policy.name} lets ${describeSelector(policy.podSelector)} reach the metadata service of the cloud: ${ipBlock.cidr ?? ""} contains ${address.split("/", 1)[0] ?? ""} and nothing excepts it.`,
            path: [...path, "cidr"],
            fix: {
              description: `Except ${address}, the metadata service, from ${ipBlock.cidr ?? ""}.`,
              edits: [{ op: "append", path: [...path, "except"], value: address }],
              caution: "Workloads that fetch the node's own cloud credentials from there lose access.",
            },
          });
        }
      }
      if (judged && !failed) report.pass(policy.object);
    }
  },
};
