import type { Graph } from "../graph/graph.ts";
import { kindOf } from "./attack-graph.ts";
import type { PathReport } from "./find-paths.ts";

/** The shown paths drawn over one another: each node and each step once. */
export function pathGraph({ graph, paths }: PathReport, limit: number): Graph {
  const nodes = new Map<string, Graph["nodes"][number]>();
  const edges = new Map<string, Graph["edges"][number]>();
  const goals = new Set(paths.map(({ goal }) => goal));
  const add = (id: string): void => {
    const node = graph.nodes.get(id);
    if (node !== undefined) nodes.set(id, { id, label: node.label, kind: goals.has(id) ? "goal" : node.kind });
  };
  for (const path of paths.slice(0, limit)) {
    add(path.start);
    for (const { from, to, kind } of path.edges) {
      add(to);
      edges.set(`${from}\n${to}\n${kind}`, { from, to, label: kindOf(graph, kind).title });
    }
  }
  return { title: "Attack paths", nodes: [...nodes.values()], edges: [...edges.values()] };
}
