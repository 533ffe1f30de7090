import type { Control } from "@redoubt/control";
import { selectsEverything } from "../engine/policy-selection.ts";
import { describeSelector } from "../engine/selector-text.ts";
import { type RuleView, networkPolicies } from "../model/policy.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const anyNamespacePeers: Control = {
  id: "NET-006",
  title: "Peers in any namespace",
  layer: "cluster",
  item: "network-policies",
  severity: "low",
  references: [nsa, attack("T1046"), owasp],
  rationale:
    "namespaceSelector: {} matches every namespace, those created later by anybody included. With a podSelector beside it, whoever can label a pod anywhere can connect.",
  remediation: "Select the namespace by its kubernetes.io/metadata.name label.",
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
        - namespaceSelector: {}
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
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: gateway }
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const wide = policy.rules.flatMap((rule) =>
        rule.peers.flatMap((peer, index) =>
          peer.namespaceSelector !== undefined && selectsEverything(peer.namespaceSelector) && !isDnsRule(rule)
            ? [{ rule, peer, path: [...rule.peersPath, index, "namespaceSelector"] }]
            : [],
        ),
      );
      for (const { rule, peer, path } of wide) {
        const who =
          peer.podSelector === undefined || selectsEverything(peer.podSelector)
            ? "every pod"
            : describeSelector(peer.podSelector);
        const verb = rule.direction === "ingress" ? "lets in" : "allows connections to";
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} ${verb} ${who} of every namespace, also of those created later: namespaceSelector is empty.`,
          path,
          severity: rule.direction === "ingress" ? (who === "every pod" ? "medium" : "low") : "info",
        });
      }
      if (wide.length === 0 && policy.rules.length > 0) report.pass(policy.object);
    }
  },
};

/** Asking for names is often allowed towards every namespace; the port limits it to that. */
function isDnsRule(rule: RuleView): boolean {
  return rule.direction === "egress" && rule.ports.length > 0 && rule.ports.every(({ port }) => port === 53);
}
