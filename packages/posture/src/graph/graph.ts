/** A directed graph to be drawn: who holds what, or a path of attack. */
export interface Graph {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** What it is, for its look: `user`, `group`, `role`, `workload`, `goal` and so on. */
  readonly kind: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export const GRAPH_FORMATS = ["dot", "mermaid", "svg", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];
