import { type ClusterSnapshot, type KubeObject, type Workload, snapshotModel } from "@redoubt/kube";
import { ROOT_NAMESPACE, meshPolicies } from "../model/policies.ts";

/** How the pods of a namespace join the mesh. */
export interface MeshNamespace {
  readonly name: string;
  readonly dataPlane: "sidecar" | "ambient";
  /** Its Namespace when that was given, else the object that shows that it is in the mesh. */
  readonly witness: KubeObject<object>;
  /** Whether new pods get a sidecar unless they refuse it. */
  readonly injects: boolean;
}

/**
 * The namespaces that are in the mesh, by name: labelled for injection or ambient, or with Istio security policies or
 * injected workloads and no label against it. The control plane's own namespace is left out.
 */
export const meshNamespaces: (snapshot: ClusterSnapshot) => ReadonlyMap<string, MeshNamespace> = snapshotModel(
  (snapshot) => {
    const members = new Map<string, MeshNamespace>();
    const refused = new Set<string>([ROOT_NAMESPACE]);
    const given = new Map(snapshot.list("Namespace").map((object) => [object.name, object]));
    for (const object of given.values()) {
      const dataPlane = labelledDataPlane(object.labels);
      if (dataPlane === "none") refused.add(object.name);
      else if (dataPlane !== undefined && object.name !== ROOT_NAMESPACE) {
        members.set(object.name, { name: object.name, dataPlane, witness: object, injects: dataPlane === "sidecar" });
      }
    }
    const { peerAuthentications, authorizationPolicies, requestAuthentications } = meshPolicies(snapshot);
    const hints: readonly KubeObject<object>[] = [
      ...[...peerAuthentications, ...authorizationPolicies, ...requestAuthentications].map(({ object }) => object),
      ...snapshot.workloads.filter(isInjected).map(({ object }) => object),
    ];
    for (const object of hints) {
      const name = object.namespace;
      if (members.has(name) || refused.has(name)) continue;
      members.set(name, { name, dataPlane: "sidecar", witness: given.get(name) ?? object, injects: false });
    }
    return members;
  },
);

function labelledDataPlane(labels: Readonly<Record<string, string>>): MeshNamespace["dataPlane"] | "none" | undefined {
  if (labels["istio-injection"] === "enabled") return "sidecar";
  if (labels["istio.io/dataplane-mode"] === "ambient") return "ambient";
  if (labels["istio-injection"] === "disabled") return "none";
  return labels["istio.io/rev"] === undefined ? undefined : "sidecar";
}

/** Whether a workload has a sidecar by its own word: the injection label, or the proxy container itself. */
export function isInjected(workload: Workload): boolean {
  return injectionChoice(workload) === "true" || workload.containers.some(({ name }) => name === "istio-proxy");
}

/** What a pod template says about injection; the label counts before the older annotation. */
export function injectionChoice(workload: Workload): string | undefined {
  return workload.podLabels[INJECT] ?? workload.podMetadata.annotations?.[INJECT];
}

export const INJECT = "sidecar.istio.io/inject";
