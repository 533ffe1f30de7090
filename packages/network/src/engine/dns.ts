import { type ClusterSnapshot, type LabelSelector, type NetworkPolicyPeer, matchesLabelSelector } from "@redoubt/kube";
import type { PolicyView, RuleView } from "../model/policy.ts";
import { namespaceLabels } from "./policy-selection.ts";
import { portsAllow } from "./ports.ts";

const DNS_NAMESPACE = "kube-system";
const DNS_POD_LABELS = { "k8s-app": "kube-dns" };
const PORT_NAMES = { UDP: ["dns"], TCP: ["dns-tcp"] } as const;

/**
 * Whether the union of some policies' egress rules lets a pod ask the cluster's DNS server (kube-system, label
 * k8s-app=kube-dns) over UDP, which every resolver tries first. A peer that cannot be judged from the snapshot (an
 * address block, labels of a namespace that was not given, another DNS server's pods) counts as allowing it.
 */
export function allowsDns(snapshot: ClusterSnapshot, policies: readonly PolicyView[]): boolean {
  return policies.some((policy) =>
    policy.rules.some((rule) => rule.direction === "egress" && ruleAllowsDns(snapshot, policy.namespace, rule)),
  );
}

function ruleAllowsDns(snapshot: ClusterSnapshot, namespace: string, rule: RuleView): boolean {
  if (!portsAllow(rule.ports, "UDP", 53, PORT_NAMES.UDP) && !namesOtherDnsPort(rule)) return false;
  return (
    rule.peers.length === 0 || rule.peers.some((peer) => mayReachDns(snapshot, namespace, peer, rule.ports.length > 0))
  );
}

/** Servers behind a Service may listen elsewhere: policies see the port of the pod. OpenShift's is 5353, CoreDNS without privileges 1053 or 8053. */
function namesOtherDnsPort(rule: RuleView): boolean {
  return [5353, 1053, 8053].some((port) => portsAllow(rule.ports, "UDP", port, ["dns-udp", "domain"]));
}

function mayReachDns(
  snapshot: ClusterSnapshot,
  namespace: string,
  peer: NetworkPolicyPeer,
  namesPort: boolean,
): boolean {
  if (peer.ipBlock !== undefined) return true;
  if (peer.namespaceSelector === undefined) {
    // Pods of the policy's own namespace: a DNS server of the namespace's own is only likely where port 53 is named.
    return namespace === DNS_NAMESPACE ? podMatches(peer.podSelector) : namesPort;
  }
  const labels = namespaceLabels(snapshot, DNS_NAMESPACE);
  const decided =
    labels ??
    (usesOnlyNameLabel(peer.namespaceSelector) ? { "kubernetes.io/metadata.name": DNS_NAMESPACE } : undefined);
  if (decided === undefined) return true;
  if (!matchesLabelSelector(peer.namespaceSelector, decided)) return namesPort;
  return podMatches(peer.podSelector) || namesPort;
}

function podMatches(selector: LabelSelector | undefined): boolean {
  return selector === undefined || matchesLabelSelector(selector, DNS_POD_LABELS);
}

/** Whether a namespace selector can be decided without knowing the namespace's own labels. */
function usesOnlyNameLabel(selector: LabelSelector): boolean {
  const keys = [
    ...Object.keys(selector.matchLabels ?? {}),
    ...(selector.matchExpressions ?? []).map(({ key }) => key ?? ""),
  ];
  return keys.every((key) => key === "kubernetes.io/metadata.name");
}
