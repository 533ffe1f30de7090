import { type ClusterSnapshot, type LabelSelector, type Workload, matchesLabelSelector } from "@redoubt/kube";
import { type Direction, type PolicyView, networkPolicies } from "../model/policy.ts";

/** Whether a selector has no requirement: it selects everything. */
export function selectsEverything(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/**
 * Whether a policy selects the pods of a workload: same namespace, labels matched. Pods on the host network are
 * selected too by their labels; that the policy does not act on them is for the caller to say.
 */
export function selectsWorkload(policy: PolicyView, workload: Workload): boolean {
  return policy.namespace === workload.namespace && matchesLabelSelector(policy.podSelector, workload.podLabels);
}

/** The policies that isolate a workload in one direction. With none, everything is allowed. */
export function isolatingPolicies(
  policies: readonly PolicyView[],
  workload: Workload,
  direction: Direction,
): readonly PolicyView[] {
  return policies.filter((policy) => policy.directions.has(direction) && selectsWorkload(policy, workload));
}

/** Whether a policy isolates every pod of its namespace in a direction without letting everything through again. */
export function isDefaultDeny(policy: PolicyView, direction: Direction): boolean {
  return (
    policy.directions.has(direction) &&
    selectsEverything(policy.podSelector) &&
    !policy.rules.some((rule) => rule.direction === direction && rule.peers.length === 0 && rule.ports.length === 0)
  );
}

/** Pods that have a network of their own, which policies act on, by namespace. */
export function policedWorkloads(snapshot: ClusterSnapshot): ReadonlyMap<string, readonly Workload[]> {
  return Map.groupBy(
    snapshot.workloads.filter(({ podSpec, object }) => podSpec.hostNetwork !== true && object.kind !== "PodTemplate"),
    ({ namespace }) => namespace,
  );
}

/** The policies of one namespace. */
export function policiesIn(snapshot: ClusterSnapshot, namespace: string): readonly PolicyView[] {
  return networkPolicies(snapshot).filter((policy) => policy.namespace === namespace);
}

/** Labels of a namespace: those written, and the one that the API server always sets. Undefined when it was not given. */
export function namespaceLabels(
  snapshot: ClusterSnapshot,
  namespace: string,
): Readonly<Record<string, string>> | undefined {
  const object = snapshot.list("Namespace").find(({ name }) => name === namespace);
  return object === undefined ? undefined : { ...object.labels, "kubernetes.io/metadata.name": namespace };
}
