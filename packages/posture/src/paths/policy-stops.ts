/** Admission policies of a snapshot that keep whoever creates Pods away from the nodes. */
import { PolicySet, clusterViewOf, decideRequest, isPolicy, isProblem, requestForObject } from "@redoubt/admission";
import type { StepStop } from "@redoubt/control";
import { type ClusterSnapshot, type JsonObject, type KubeObject, isJsonObject } from "@redoubt/kube";

/** What stops the Pods that take a node over, in a namespace. */
export type PolicyStops = (namespace: string) => StepStop | undefined;

/**
 * The ways from a container to root on its node that a policy must refuse, each alone. Whoever creates Pods takes the one that is left,
 * so that a policy against privileged containers alone stops nobody.
 */
const TAKEOVERS: readonly JsonObject[] = [
  podOf({ securityContext: { privileged: true } }),
  podOf({}, { volumes: [{ name: "host", hostPath: { path: "/" } }] }),
  podOf({}, { volumes: [{ name: "host", hostPath: { path: "/var/run" } }] }),
  podOf({}, { volumes: [{ name: "host", hostPath: { path: "/var/lib/kubelet" } }] }),
  podOf({ securityContext: { capabilities: { add: ["SYS_ADMIN"] } } }),
  podOf({ securityContext: { capabilities: { add: ["SYS_MODULE"] } } }),
  podOf({ securityContext: { capabilities: { add: ["SYS_PTRACE"] } } }, { hostPID: true }),
];

/** Nothing in it but what takes over: a policy that refuses it for something else would be counted wrongly. */
function podOf(container: JsonObject, spec: JsonObject = {}): JsonObject {
  const mounts = spec["volumes"] === undefined ? {} : { volumeMounts: [{ name: "host", mountPath: "/host" }] };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "takeover" },
    spec: {
      ...spec,
      containers: [{ name: "takeover", image: "takeover", ...container, ...mounts }],
    },
  };
}

/** Asks the policies among the objects, as the API server would for a Pod that somebody creates. */
export function policyStops({ objects }: ClusterSnapshot): PolicyStops {
  const policies = objects.filter(({ value }) => isJsonObject(value) && isPolicy(value));
  if (policies.length === 0) return () => undefined;
  const values = objects.map(({ value }) => value).filter(isJsonObject);
  const set = new PolicySet(values.filter(isPolicy));
  set.setObjects(values);
  const cluster = clusterViewOf(values);
  const refusing = (pod: JsonObject, namespace: string): readonly string[] => {
    const metadata = { name: "takeover", namespace };
    const request = requestForObject({ ...pod, metadata }, "CREATE");
    if (isProblem(request)) return [];
    const { allowed, violations } = decideRequest(request, set, { cluster });
    if (allowed) return [];
    return violations.filter(({ action }) => action === "deny").map(({ policy: { kind, name } }) => `${kind} ${name}`);
  };
  return (namespace) => {
    // What refuses a harmless Pod too asks for something else, a label perhaps, that an attacker's Pod has as well.
    const indifferent = new Set(refusing(podOf({}), namespace));
    const named = new Set<string>();
    for (const pod of TAKEOVERS) {
      const first = refusing(pod, namespace).find((policy) => !indifferent.has(policy));
      if (first === undefined) return undefined;
      named.add(first);
    }
    return { by: [...named].join(" and "), proof: proofOf(policies, named) };
  };
}

function proofOf(policies: readonly KubeObject<object>[], named: ReadonlySet<string>): StepStop["proof"] {
  return policies
    .filter(({ kind, name }) => named.has(`${kind} ${name}`))
    .map((object) => ({ object, path: ["spec"] }));
}
