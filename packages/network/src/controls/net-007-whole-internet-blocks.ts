import type { Control } from "@redoubt/control";
import { describePorts } from "../engine/ports.ts";
import { isEverywhere, parseCidr } from "../model/cidr.ts";
import { networkPolicies } from "../model/policy.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";

export const wholeInternetBlocks: Control = {
  id: "NET-007",
  title: "Address blocks that are the whole Internet",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [cis("5.3.2"), nsa, attack("T1046"), owasp, attack("T1048")],
  rationale:
    "0.0.0.0/0 and ::/0 are every address. Most network plugins match pods of the cluster with them as well when traffic arrives from a node or through a load balancer.",
  remediation: "Write the address ranges that are meant, or leave outgoing traffic to an egress gateway.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress:
    - from:
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
  ingress:
    - from:
        - ipBlock: { cidr: 192.0.2.0/24 }
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const wide = policy.rules.flatMap((rule) =>
        rule.peers.flatMap(({ ipBlock }, index) => {
          const cidr = parseCidr(ipBlock?.cidr ?? "");
          return cidr !== undefined && isEverywhere(cidr)
            ? [
                {
                  rule,
                  text: ipBlock?.cidr ?? "",
                  except: ipBlock?.except ?? [],
                  path: [...rule.peersPath, index, "ipBlock", "cidr"],
                },
              ]
            : [];
        }),
      );
      for (const { rule, text, except, path } of wide) {
        const version = text.includes(":") ? "IPv6" : "IPv4";
        const but = except.length === 0 ? "" : ` except ${except.join(", ")}`;
        const what = rule.direction === "ingress" ? "connections from" : "connections to";
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} allows ${what} every ${version} address${but}, on ${describePorts(rule.ports)}: ipBlock ${text} is the whole Internet.`,
          path,
          severity: rule.ports.length === 0 && rule.direction === "ingress" ? "medium" : "low",
        });
      }
      if (wide.length === 0 && policy.rules.length > 0) report.pass(policy.object);
    }
  },
};
