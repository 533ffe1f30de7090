import type { EdgeSource } from "@redoubt/control";
import type { ClusterSnapshot } from "@redoubt/kube";
import { type SubjectKey, accessIndex, identityOf, subjectKeysOf } from "@redoubt/rbac";
import { type AttackGraph, GraphBuilder } from "./attack-graph.ts";
import { addCombinedEdges } from "./combined-edges.ts";
import { addExposureEdges } from "./exposure-edges.ts";
import { type EdgeContext, addGrantEdges, scopedRolesOf } from "./grant-edges.ts";
import { placesOf } from "./places.ts";
import { positionNode } from "./positions.ts";
import { policyStops } from "./policy-stops.ts";
import { addControlPlaneNodes, addNodeChoice, addPowerEdges } from "./power-edges.ts";
import { addWorkloadEdges } from "./workload-edges.ts";

/**
 * Everything that the given objects let an attacker do, as a graph, with what the layers of `sources` add to it and say against it;
 * kept for as long as the snapshot and the list of sources are.
 */
export function attackGraph(snapshot: ClusterSnapshot, sources: readonly EdgeSource[] = NO_SOURCES): AttackGraph {
  let graphs = graphsOf.get(snapshot);
  if (graphs === undefined) graphsOf.set(snapshot, (graphs = new WeakMap()));
  let graph = graphs.get(sources);
  if (graph === undefined) graphs.set(sources, (graph = buildGraph(snapshot, sources)));
  return graph;
}

const NO_SOURCES: readonly EdgeSource[] = [];
const graphsOf = new WeakMap<ClusterSnapshot, WeakMap<readonly EdgeSource[], AttackGraph>>();

function buildGraph(snapshot: ClusterSnapshot, sources: readonly EdgeSource[]): AttackGraph {
  const context: EdgeContext = {
    builder: new GraphBuilder(),
    index: accessIndex(snapshot),
    places: placesOf(snapshot),
    policyStops: policyStops(snapshot),
  };
  for (const source of sources) context.builder.join(source, snapshot);
  const scopedRoles = scopedRolesOf(context);
  const held = addGrantEdges(context, scopedRoles);
  addCombinedEdges(context, scopedRoles, held);
  // What layers add comes before what follows from powers and nodes, which may be reached by it.
  for (const source of sources) addSteps(context.builder, source, snapshot);
  addPowerEdges(context);
  addNodeChoice(context);
  addWorkloadEdges(context);
  addExposureEdges(context, snapshot);
  addControlPlaneNodes(context);
  addMemberships(context);
  return context.builder.finish();
}

function addSteps(builder: GraphBuilder, source: EdgeSource, snapshot: ClusterSnapshot): void {
  for (const { kind, from, to, says, proof, fixes } of source.steps(snapshot))
    builder.edge({
      kind: `${source.name}:${kind}`,
      from: builder.node(positionNode(from)),
      to: builder.node(positionNode(to)),
      says,
      proof,
      remedies: fixes.map((fix) => ({ kind: "fix", ...fix })),
    });
}

/** The groups that an identity is in without any object saying so, as far as they hold a role. */
function addMemberships({ builder, index, places }: EdgeContext): void {
  const accounts = [...places.namespaces].flatMap((namespace) => places.accountsIn(namespace));
  const keys = new Set<SubjectKey>([...index.subjects, ...accounts]);
  for (const key of keys) {
    if (!builder.has(key)) continue;
    for (const group of subjectKeysOf(identityOf(key)))
      if (group !== key && builder.has(group))
        builder.edge({ kind: "member-of", from: key, to: group, says: "is in the group", proof: [], remedies: [] });
  }
}
