import type { ControlReport, Fix } from "@redoubt/control";
import { type ClusterSnapshot, type JsonObject, type KubeObject, stringAt } from "@redoubt/kube";
import { type Direction, POLICY_TYPE, type PolicyView, networkPolicies } from "../model/policy.ts";
import { isDefaultDeny, policedWorkloads } from "./policy-selection.ts";

/** Namespaces that the control plane's own pods live in: denying traffic there by default can stop the cluster. */
const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/**
 * Judges each namespace that has pods with a network of their own: it passes when a policy that selects every pod
 * isolates them in this direction. A default deny in a namespace without known workloads passes too.
 */
export function checkDefaultDeny(snapshot: ClusterSnapshot, report: ControlReport, direction: Direction): void {
  const policies = networkPolicies(snapshot);
  const guarded = new Set<string>();
  for (const policy of policies) {
    if (!isDefaultDeny(policy, direction)) continue;
    guarded.add(policy.namespace);
    report.pass(policy.object);
  }
  for (const [namespace, workloads] of policedWorkloads(snapshot)) {
    const [first] = workloads;
    if (guarded.has(namespace) || first === undefined) continue;
    const blamed = snapshot.list("Namespace").find(({ name }) => name === namespace) ?? first.object;
    const system = SYSTEM_NAMESPACES.has(namespace);
    const pods =
      workloads.length === 1
        ? `the pods of ${first.object.kind} ${first.object.name}`
        : `the pods of its ${workloads.length} workloads`;
    const effect =
      direction === "ingress" ? `${pods} accept connections from everywhere` : `${pods} may connect to everywhere`;
    report.fail(blamed, {
      message: `Namespace ${namespace} has no NetworkPolicy that denies ${direction} by default: unless another policy selects them, ${effect}.`,
      path: blamed === first.object ? [] : ["metadata", "name"],
      ...(system ? { severity: "low" } : { fix: defaultDenyFix(namespace, blamed, policies, direction) }),
    });
  }
}

function defaultDenyFix(
  namespace: string,
  beside: KubeObject<object>,
  policies: readonly PolicyView[],
  direction: Direction,
): Fix {
  // An object without a namespace goes where it is applied, and the policy must go with it.
  const placed = beside.kind === "Namespace" || stringAt(beside.value, ["metadata", "namespace"]) !== undefined;
  const metadata = {
    name: freeName(`default-deny-${direction}`, namespace, policies),
    ...(placed ? { namespace } : {}),
  };
  const rest: JsonObject =
    direction === "ingress"
      ? { policyTypes: [POLICY_TYPE.ingress] }
      : { policyTypes: [POLICY_TYPE.egress], egress: [dnsRule()] };
  return {
    description:
      direction === "ingress"
        ? `Add a NetworkPolicy that denies incoming traffic to every pod of namespace ${namespace} unless another policy allows it.`
        : `Add a NetworkPolicy that denies outgoing traffic, DNS excepted, from every pod of namespace ${namespace} unless another policy allows it.`,
    edits: [],
    adds: [{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec: { podSelector: {}, ...rest } }],
    caution: "Connections that no other policy allows stop working: add a policy for each that is meant.",
  };
}

/** A name that no policy of the namespace has, so that adding it replaces none. */
function freeName(wanted: string, namespace: string, policies: readonly PolicyView[]): string {
  const taken = new Set(policies.filter((policy) => policy.namespace === namespace).map(({ name }) => name));
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

/** The egress rule that lets pods ask the DNS server of the cluster. */
export function dnsRule(): JsonObject {
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
      },
    ],
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
  };
}
