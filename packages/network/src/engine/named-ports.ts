import { type ClusterSnapshot, type Path, type Workload, matchesLabelSelector } from "@redoubt/kube";
import type { PolicyView, RuleView } from "../model/policy.ts";
import { selectsWorkload } from "./policy-selection.ts";
import { exposesNamedPort } from "./ports.ts";

/** Whether one named port of a rule exists on some pod that the rule leads to. */
export interface NamedPortVerdict {
  readonly name: string;
  readonly protocol: string;
  readonly path: Path;
  readonly resolved: boolean;
  /** How many workloads were looked at. */
  readonly targets: number;
}

/** Judges the named ports of a policy whose destination pods the snapshot has; the others are left out. */
export function namedPortVerdicts(snapshot: ClusterSnapshot, policy: PolicyView): readonly NamedPortVerdict[] {
  return policy.rules.flatMap((rule) => {
    if (!rule.ports.some(({ port }) => typeof port === "string")) return [];
    const targets = destinations(snapshot, policy, rule);
    if (targets.length === 0) return [];
    return rule.ports.flatMap(({ port, protocol = "TCP" }, index) =>
      typeof port === "string"
        ? [
            {
              name: port,
              protocol,
              path: [...rule.portsPath, index, "port"],
              resolved: targets.some((workload) => exposesNamedPort(workload, port, protocol)),
              targets: targets.length,
            },
          ]
        : [],
    );
  });
}

/** The selected pods for ingress; for egress the peers, when all of them are pods of the policy's own namespace. */
function destinations(snapshot: ClusterSnapshot, policy: PolicyView, rule: RuleView): readonly Workload[] {
  if (rule.direction === "ingress") return snapshot.workloads.filter((workload) => selectsWorkload(policy, workload));
  const own =
    rule.peers.length > 0 &&
    rule.peers.every((peer) => peer.podSelector !== undefined && peer.namespaceSelector === undefined);
  if (!own) return [];
  return snapshot.workloads.filter(
    (workload) =>
      workload.namespace === policy.namespace &&
      rule.peers.some(({ podSelector }) => matchesLabelSelector(podSelector, workload.podLabels)),
  );
}
