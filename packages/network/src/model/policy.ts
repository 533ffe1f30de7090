import {
  type ClusterSnapshot,
  type KubeObject,
  type LabelSelector,
  type NetworkPolicy,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  type Path,
  snapshotModel,
} from "@redoubt/kube";

export const DIRECTIONS = ["ingress", "egress"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A direction as policyTypes spells it. */
export const POLICY_TYPE: Readonly<Record<Direction, string>> = { ingress: "Ingress", egress: "Egress" };

/** One rule of one direction; `from` and `to` are both its peers. */
export interface RuleView {
  readonly direction: Direction;
  /** Absent and empty both mean any peer. */
  readonly peers: readonly NetworkPolicyPeer[];
  /** Absent and empty both mean any port. */
  readonly ports: readonly NetworkPolicyPort[];
  readonly path: Path;
  readonly peersPath: Path;
  readonly portsPath: Path;
}

/** A NetworkPolicy as the API server completes it. */
export interface PolicyView {
  readonly object: KubeObject<NetworkPolicy>;
  readonly namespace: string;
  readonly name: string;
  readonly podSelector: LabelSelector;
  /** The directions in which the selected pods are isolated. */
  readonly directions: ReadonlySet<Direction>;
  /** Rules as written, also those of a direction that policyTypes leaves out and that therefore say nothing. */
  readonly written: readonly RuleView[];
  /** The rules that count. */
  readonly rules: readonly RuleView[];
}

/** The NetworkPolicies of a snapshot; the result is kept for as long as the snapshot is. */
export const networkPolicies: (snapshot: ClusterSnapshot) => readonly PolicyView[] = snapshotModel((snapshot) =>
  snapshot.list("networking.k8s.io/NetworkPolicy").map(policyView),
);

export function policyView(object: KubeObject<NetworkPolicy>): PolicyView {
  const spec = object.value.spec ?? {};
  const written: RuleView[] = [
    ...(spec.ingress ?? []).map((rule, index) => ruleView("ingress", index, rule.from, rule.ports)),
    ...(spec.egress ?? []).map((rule, index) => ruleView("egress", index, rule.to, rule.ports)),
  ];
  const directions = policyDirections(spec);
  return {
    object,
    namespace: object.namespace,
    name: object.name,
    podSelector: spec.podSelector ?? {},
    directions,
    written,
    rules: written.filter(({ direction }) => directions.has(direction)),
  };
}

/** policyTypes, or what the API server fills in: Ingress always, Egress when there are egress rules. */
export function policyDirections(spec: {
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly unknown[];
}): ReadonlySet<Direction> {
  const types = spec.policyTypes ?? [];
  if (types.length === 0) return new Set((spec.egress ?? []).length > 0 ? DIRECTIONS : ["ingress"]);
  return new Set(DIRECTIONS.filter((direction) => types.includes(POLICY_TYPE[direction])));
}

function ruleView(
  direction: Direction,
  index: number,
  peers: readonly NetworkPolicyPeer[] = [],
  ports: readonly NetworkPolicyPort[] = [],
): RuleView {
  const path: Path = ["spec", direction, index];
  const peerField = direction === "ingress" ? "from" : "to";
  return { direction, peers, ports, path, peersPath: [...path, peerField], portsPath: [...path, "ports"] };
}
