/** Questions that tests ask of an attack graph. */
import type { AttackEdge, AttackGraph, EdgeKind } from "@redoubt/posture";

export class GraphWalks {
  readonly #graph: AttackGraph;
  readonly #outgoing: ReadonlyMap<string, readonly AttackEdge[]>;

  constructor(graph: AttackGraph) {
    this.#graph = graph;
    this.#outgoing = Map.groupBy(graph.edges, ({ from }) => from);
  }

  /** Edges of these kinds, one after the other, that lead from one node to the other; undefined when there are none. */
  find(from: string, kinds: readonly EdgeKind[], to: string): readonly AttackEdge[] | undefined {
    const [kind, ...later] = kinds;
    if (kind === undefined) return from === to ? [] : undefined;
    for (const edge of this.#outgoing.get(from) ?? []) {
      if (edge.kind !== kind) continue;
      const rest = this.find(edge.to, later, to);
      if (rest !== undefined) return [edge, ...rest];
    }
    return undefined;
  }

  /** Whether any edges at all lead from one node to the other. */
  reaches(from: string, to: string): boolean {
    return this.#reachable(from).has(to);
  }

  /** What the graph says stops steps of these kinds that start where one can get to. */
  stoppedAfter(from: string, kinds: readonly EdgeKind[]): readonly string[] {
    const reachable = this.#reachable(from);
    return this.#graph.stopped.flatMap((step) =>
      kinds.includes(step.kind) && reachable.has(step.from) ? [step.by] : [],
    );
  }

  #reachable(from: string): ReadonlySet<string> {
    const reached = new Set([from]);
    for (const node of reached) for (const { to } of this.#outgoing.get(node) ?? []) reached.add(to);
    return reached;
  }
}
