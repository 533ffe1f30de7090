/**
 * Paths through an attack graph. The search runs backwards from the goals, so one pass tells the best path of every start.
 * "Likely" adds up the effort of the steps, "short" counts them; ties go to the one with fewer steps, then to the edge that was
 * found first.
 */
import { type AttackEdge, type AttackGraph, kindOf } from "./attack-graph.ts";

export type Ranking = "likely" | "short";

/** A chain of edges from a start to a goal. */
export interface AttackPath {
  readonly start: string;
  readonly goal: string;
  readonly edges: readonly AttackEdge[];
  /** Sum of the steps' effort. */
  readonly effort: number;
}

export interface PathSearch {
  /** The best path from a node; undefined when no goal can be reached, or the node is one itself. */
  from(start: string): AttackPath | undefined;
}

/** Finds the best path from everywhere to any of `goals`, over the edges that `open` lets through. */
export function searchPaths(
  graph: AttackGraph,
  goals: Iterable<string>,
  ranking: Ranking = "likely",
  open: (edge: AttackEdge) => boolean = () => true,
): PathSearch {
  const incoming = incomingOf(graph);
  const best = new Map<string, { readonly cost: number; readonly next: AttackEdge | undefined }>();
  const queue = new CostQueue();
  for (const goal of goals) {
    if (!graph.nodes.has(goal)) continue;
    best.set(goal, { cost: 0, next: undefined });
    queue.push(0, goal);
  }
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (entry.cost > (best.get(entry.node)?.cost ?? -1)) continue;
    for (const edge of incoming.get(entry.node) ?? []) {
      if (!open(edge)) continue;
      const cost = entry.cost + costOf(kindOf(graph, edge.kind).effort, ranking);
      const known = best.get(edge.from);
      if (known !== undefined && known.cost <= cost) continue;
      best.set(edge.from, { cost, next: edge });
      queue.push(cost, edge.from);
    }
  }
  return {
    from: (start) => {
      const edges: AttackEdge[] = [];
      let next = best.get(start)?.next;
      for (; next !== undefined; next = best.get(next.to)?.next) edges.push(next);
      const last = edges.at(-1);
      if (last === undefined) return undefined;
      return {
        start,
        goal: last.to,
        edges,
        effort: edges.reduce((sum, { kind }) => sum + kindOf(graph, kind).effort, 0),
      };
    },
  };
}

/** A step more is worth less than any step's effort, so that the shorter of two equally likely paths is taken. */
const STEP = 1 / 1024;

function costOf(effort: number, ranking: Ranking): number {
  return ranking === "short" ? 1 + effort * STEP : effort + STEP;
}

const incomingByGraph = new WeakMap<AttackGraph, ReadonlyMap<string, readonly AttackEdge[]>>();

function incomingOf(graph: AttackGraph): ReadonlyMap<string, readonly AttackEdge[]> {
  let incoming = incomingByGraph.get(graph);
  if (incoming === undefined) incomingByGraph.set(graph, (incoming = Map.groupBy(graph.edges, ({ to }) => to)));
  return incoming;
}

/** A binary heap. */
class CostQueue {
  readonly #entries: { readonly cost: number; readonly node: string }[] = [];

  push(cost: number, node: string): void {
    const entries = this.#entries;
    let at = entries.push({ cost, node }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const [above, here] = [entries[parent], entries[at]];
      if (above === undefined || here === undefined || above.cost <= here.cost) return;
      entries[parent] = here;
      entries[at] = above;
      at = parent;
    }
  }

  pop(): { readonly cost: number; readonly node: string } | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first;
    entries[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if ((entries[child]?.cost ?? Infinity) < (entries[least]?.cost ?? Infinity)) least = child;
      const [here, swap] = [entries[at], entries[least]];
      if (least === at || here === undefined || swap === undefined) return first;
      entries[at] = swap;
      entries[least] = here;
      at = least;
    }
  }
}
