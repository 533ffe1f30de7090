import type { Control } from "@redoubt/control";
import type { NetworkPolicyPeer } from "@redoubt/kube";
import { selectsEverything } from "../engine/policy-selection.ts";
import { describeNamespaces, describeSelector } from "../engine/selector-text.ts";
import { networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const eitherOrPeers: Control = {
  id: "NET-011",
  title: "Two peers where one with both selectors was likely meant",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "Each item of `from` and `to` stands for itself: a namespaceSelector and a podSelector in two items mean pods of that namespace, any of them, or pods with that label in the own namespace. In one item they mean pods with that label in that namespace. One dash makes the difference.",
  remediation:
    "Write namespaceSelector and podSelector in one list item when both must hold; when either is meant, two rules say so more plainly.",
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
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: frontend }
        - podSelector:
            matchLabels: { app: frontend }
      ports: [{ port: 8080 }]
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
            matchLabels: { kubernetes.io/metadata.name: frontend }
          podSelector:
            matchLabels: { app: frontend }
      ports: [{ port: 8080 }]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const suspects = policy.rules.flatMap((rule) =>
        rule.peers.flatMap((peer, index) => {
          const next = rule.peers[index + 1];
          return isNamespaceOnly(peer) && next !== undefined && isPodOnly(next) ? [{ rule, peer, next, index }] : [];
        }),
      );
      for (const { rule, peer, next, index } of suspects) {
        const way = rule.direction === "ingress" ? "lets in" : "allows connections to";
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} ${way} every pod of ${describeNamespaces(peer.namespaceSelector ?? {})}, and besides ${describeSelector(next.podSelector ?? {})} of namespace ${policy.namespace}: the two list items mean either, not both.`,
          path: [...rule.peersPath, index + 1],
        });
      }
      if (suspects.length === 0 && policy.rules.length > 0) report.pass(policy.object);
    }
  },
};

function isNamespaceOnly(peer: NetworkPolicyPeer): boolean {
  return (
    peer.namespaceSelector !== undefined && peer.podSelector === undefined && !selectsEverything(peer.namespaceSelector)
  );
}

/** An empty podSelector is left out: "or every pod of my own namespace" is a common and meant item. */
function isPodOnly(peer: NetworkPolicyPeer): boolean {
  return peer.podSelector !== undefined && peer.namespaceSelector === undefined && !selectsEverything(peer.podSelector);
}
