import { type ClusterSnapshot, snapshotModel } from "@redoubt/kube";
import { type SubjectKey, accessIndex, identityOf, subjectKeysOf } from "@redoubt/rbac";
import { type AttackGraph, GraphBuilder } from "./attack-graph.ts";
import { addCombinedEdges } from "./combined-edges.ts";
import { addExposureEdges } from "./exposure-edges.ts";
import { type EdgeContext, addGrantEdges, scopedRolesOf } from "./grant-edges.ts";
import { placesOf } from "./places.ts";
import { addControlPlaneNodes, addNodeChoice, addPowerEdges } from "./power-edges.ts";
import { addWorkloadEdges } from "./workload-edges.ts";

/** Everything that the given objects let an attacker do, as a graph; kept for as long as the snapshot is. */
export const attackGraph: (snapshot: ClusterSnapshot) => AttackGraph = snapshotModel((snapshot) => {
  const context: EdgeContext = {
    builder: new GraphBuilder(),
    index: accessIndex(snapshot),
    places: placesOf(snapshot),
  };
  const scopedRoles = scopedRolesOf(context);
  const held = addGrantEdges(context, scopedRoles);
  addCombinedEdges(context, scopedRoles, held);
  addPowerEdges(context);
  addNodeChoice(context);
  addWorkloadEdges(context);
  addExposureEdges(context, snapshot);
  addControlPlaneNodes(context);
  addMemberships(context);
  return context.builder.finish();
});

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
