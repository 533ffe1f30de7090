/** What can be reached from outside, by Services, Ingresses and host ports. Other layers say what stops the traffic. */
import { type ClusterSnapshot, type Path, type Workload, effectiveHostPort, matchesLabelSelector } from "@redoubt/kube";
import { evaluate } from "@redoubt/control";
import { anonymousRequests } from "@redoubt/infrastructure";
import type { Proof, Remedy } from "./attack-graph.ts";
import type { EdgeContext } from "./grant-edges.ts";
import { OUTSIDE, workloadNode } from "./positions.ts";

export function addExposureEdges(context: EdgeContext, snapshot: ClusterSnapshot): void {
  const { places } = context;
  addAnonymousAccess(context, snapshot);
  const byNamespace = Map.groupBy(places.workloads, ({ namespace }) => namespace);
  const ingresses = servicesBehindIngresses(snapshot);
  for (const service of snapshot.list("Service")) {
    const { type = "ClusterIP", selector = {} } = service.value.spec ?? {};
    if (Object.keys(selector).length === 0) continue;
    const name = `${service.namespace}/${service.name}`;
    const ingress = ingresses.get(name);
    const open = type === "LoadBalancer" || type === "NodePort";
    if (!open && ingress === undefined) continue;
    for (const workload of byNamespace.get(service.namespace) ?? []) {
      if (!matchesLabelSelector({ matchLabels: selector }, workload.podLabels)) continue;
      const expose = exposureOf(context, workload);
      if (open)
        expose(
          `${type} Service ${name}`,
          [{ object: service, path: ["spec", "type"] }],
          [{ kind: "unexpose", service }],
        );
      if (ingress !== undefined)
        expose(`the Ingress of Service ${name}`, [ingress, { object: service, path: ["spec", "selector"] }], []);
    }
  }
  for (const workload of places.workloads) addHostPorts(context, workload);
}

/** Whoever sends no credentials is two subjects, unless every API server that is known of refuses such requests. */
function addAnonymousAccess({ builder }: EdgeContext, snapshot: ClusterSnapshot): void {
  const from = builder.node(OUTSIDE);
  const [refusal] = evaluate([anonymousRequests], snapshot).results;
  const proof = (refusal?.passed ?? []).flatMap((object): Proof[] =>
    object.type === "object" ? [{ object, path: [] }] : [],
  );
  for (const key of ["user:system:anonymous", "group:system:unauthenticated"] as const) {
    const step = { kind: "anonymous-access", from, to: builder.subject(key), proof } as const;
    if (refusal?.verdict === "pass")
      builder.stop({ ...step, by: "kube-apiserver, which refuses requests without credentials" });
    else builder.edge({ ...step, proof: [], says: "sends requests without credentials", remedies: [] });
  }
}

function exposureOf(
  { builder }: EdgeContext,
  workload: Workload,
): (by: string, proof: readonly Proof[], remedies: readonly Remedy[]) => void {
  return (by, proof, remedies) => {
    const to = workloadNode(workload.object).id;
    const says = `attacks the workload, which is served by ${by}`;
    builder.edge({ kind: "exposed-service", from: OUTSIDE.id, to, says, proof, remedies });
  };
}

/** Services by `namespace/name`, with the place of the Ingress backend that names each first. */
function servicesBehindIngresses(snapshot: ClusterSnapshot): ReadonlyMap<string, Proof> {
  const found = new Map<string, Proof>();
  for (const object of snapshot.list("networking.k8s.io/Ingress")) {
    const note = (name: string | undefined, path: Path): void => {
      const key = `${object.namespace}/${name ?? ""}`;
      if (name !== undefined && !found.has(key)) found.set(key, { object, path });
    };
    const { defaultBackend, rules = [] } = object.value.spec ?? {};
    note(defaultBackend?.service?.name, ["spec", "defaultBackend", "service", "name"]);
    for (const [at, rule] of rules.entries())
      for (const [index, { backend }] of (rule.http?.paths ?? []).entries())
        note(backend?.service?.name, ["spec", "rules", at, "http", "paths", index, "backend", "service", "name"]);
  }
  return found;
}

function addHostPorts({ builder }: EdgeContext, workload: Workload): void {
  for (const { container, path } of workload.containers) {
    const at = (container.ports ?? []).findIndex((port) => effectiveHostPort(workload.podSpec, port) !== 0);
    const port = container.ports?.[at];
    if (port === undefined) continue;
    builder.edge({
      kind: "exposed-service",
      from: OUTSIDE.id,
      to: workloadNode(workload.object).id,
      says: `attacks the workload, which listens on port ${effectiveHostPort(workload.podSpec, port)} of its node`,
      proof: [{ object: workload.object, path: [...path, "ports", at] }],
      remedies: [],
    });
    return;
  }
}
