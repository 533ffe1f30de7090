import { isDeepStrictEqual } from "node:util";
import type { Fix } from "@redoubt/control";
import type { ClusterSnapshot, Workload } from "@redoubt/kube";
import { type PolicyView, networkPolicies } from "../model/policy.ts";
import { dnsRule } from "./default-deny.ts";
import { allowsDns } from "./dns.ts";
import { isolatingPolicies, policedWorkloads, policiesIn, selectsEverything } from "./policy-selection.ts";

/** Whether a policy that isolates pods for egress leaves them without DNS. */
export interface DnsVerdict {
  readonly policy: PolicyView;
  readonly cutOff: {
    readonly denied: boolean;
    /** Those that are cut off; empty when the namespace's workloads were not given. */
    readonly workloads: readonly Workload[];
  };
  /** Nothing at all is allowed to leave: without any connection to make, names matter less. */
  readonly nothingAllowed: boolean;
}

/**
 * One verdict for each policy that isolates pods for egress. What counts is the union of all policies that select a
 * pod; a pod that stays without DNS is told once, on the policy that is most about it.
 */
export function dnsVerdicts(snapshot: ClusterSnapshot): readonly DnsVerdict[] {
  const egress = networkPolicies(snapshot).filter(({ directions }) => directions.has("egress"));
  const workloads = policedWorkloads(snapshot);
  return [...Map.groupBy(egress, ({ namespace }) => namespace)].flatMap(([namespace, policies]) => {
    const pods = workloads.get(namespace);
    return pods === undefined
      ? policies.map((policy) => verdictWithoutPods(snapshot, policy, policiesIn(snapshot, namespace)))
      : verdictsForPods(snapshot, policies, pods);
  });
}

function verdictsForPods(
  snapshot: ClusterSnapshot,
  policies: readonly PolicyView[],
  workloads: readonly Workload[],
): readonly DnsVerdict[] {
  const blamed = new Map<PolicyView, { workloads: Workload[]; nothingAllowed: boolean }>();
  for (const workload of workloads) {
    const selecting = isolatingPolicies(policies, workload, "egress");
    if (selecting.length === 0 || allowsDns(snapshot, selecting)) continue;
    const culprit = selecting.find(hasEgressRules) ?? selecting[0];
    if (culprit === undefined) continue;
    const entry = blamed.get(culprit) ?? { workloads: [], nothingAllowed: !selecting.some(hasEgressRules) };
    entry.workloads.push(workload);
    blamed.set(culprit, entry);
  }
  return policies.map((policy) => {
    const entry = blamed.get(policy);
    return {
      policy,
      cutOff: { denied: entry !== undefined, workloads: entry?.workloads ?? [] },
      nothingAllowed: entry?.nothingAllowed ?? false,
    };
  });
}

/** Without pods, the policies that surely select the same pods are this one, those with the same selector, and those for every pod. */
function verdictWithoutPods(
  snapshot: ClusterSnapshot,
  policy: PolicyView,
  inNamespace: readonly PolicyView[],
): DnsVerdict {
  const union = inNamespace.filter(
    (other) =>
      other.directions.has("egress") &&
      (selectsEverything(other.podSelector) || isDeepStrictEqual(other.podSelector, policy.podSelector)),
  );
  return {
    policy,
    cutOff: { denied: !allowsDns(snapshot, union), workloads: [] },
    nothingAllowed: !union.some(hasEgressRules),
  };
}

function hasEgressRules(policy: PolicyView): boolean {
  return policy.rules.some(({ direction }) => direction === "egress");
}

/** Lets the pods that a policy selects ask for names, by one more rule in it. */
export function dnsFix(policy: PolicyView): Fix {
  return {
    description: `Allow DNS to the pods that NetworkPolicy ${policy.name} selects.`,
    edits: [{ op: "append", path: ["spec", "egress"], value: dnsRule() }],
    caution:
      "The rule names the DNS pods of kube-system; clusters with a node-local cache or another DNS server need another.",
  };
}
