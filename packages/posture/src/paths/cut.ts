/**
 * The cheapest set of changes after which no path is left. A change may take many edges away, so this is a weighted hitting
 * set over paths rather than a minimum cut of edges. Paths are not listed beforehand: those that a candidate set leaves open
 * are found by searching and become conditions of the next one, until none is open. A set that is cheapest for some of the
 * paths and closes all of them is cheapest for all. In the end the changes are made on a copy of the snapshot, and what it
 * then allows is searched anew: that, not the graph, is the proof.
 */
import type { ClusterSnapshot } from "@redoubt/kube";
import type { AttackEdge, AttackGraph, Remedy } from "./attack-graph.ts";
import { attackGraph } from "./build-graph.ts";
import { escapesOf } from "./container-escapes.ts";
import {
  DEFAULT_STARTS,
  type FoundPath,
  GOALS,
  type PathQuery,
  findPaths,
  goalIds,
  leadsOn,
  ownRightOnly,
  startIds,
} from "./find-paths.ts";
import { cheapestHittingSet, minimalSets } from "./hitting-set.ts";
import { placesOf } from "./places.ts";
import { applyRemedies, remedyCost, remedyKey } from "./remedies.ts";
import { type AttackPath, searchPaths } from "./search.ts";
import { accessIndex } from "@redoubt/rbac";

export interface PricedRemedy {
  readonly remedy: Remedy;
  readonly cost: number;
  /** How many of the paths that were met it closes. */
  readonly closes: number;
}

export interface PathCut {
  readonly remedies: readonly PricedRemedy[];
  readonly cost: number;
  /** No set of these changes can cost less; equal to `cost` when the set is the cheapest there is. */
  readonly lowerBound: number;
  /** Pairs of start and goal that no change offered here can part. */
  readonly uncuttable: readonly AttackPath[];
  /** What a search of the changed snapshot still finds, apart from those; empty is the proof. */
  readonly left: readonly FoundPath[];
  /** The snapshot with the changes made. */
  readonly after: ClusterSnapshot;
  /** Paths that were met on the way. */
  readonly considered: number;
}

/** How many paths become conditions at once, and how often at most. */
const PATHS_A_ROUND = 400;
const MOST_ROUNDS = 400;

/** How often what is left after a cut is cut again. */
const MOST_REPEATS = 3;

export function cutPaths(snapshot: ClusterSnapshot, query: PathQuery = {}, depth: number = MOST_REPEATS): PathCut {
  const graph = attackGraph(snapshot, query.sources);
  const prices = new RemedyPrices(snapshot);
  const { pairs, uncuttable } = partPairs(snapshot, graph, query);
  let conditions: readonly (readonly number[])[] = [];
  let chosen: ReadonlySet<number> = new Set();
  let lowerBound = 0;
  let considered = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const open = openPaths(graph, pairs, (edge) => !edge.remedies.some((remedy) => chosen.has(prices.number(remedy))));
    if (open.length === 0) break;
    considered += open.length;
    const added = open.map(({ edges }) =>
      edges.flatMap(({ remedies }) => remedies.map((remedy) => prices.number(remedy))),
    );
    conditions = minimalSets([...conditions, ...added]);
    const result = cheapestHittingSet(conditions, prices.costs);
    chosen = new Set(result.chosen);
    lowerBound = Math.max(lowerBound, result.lowerBound);
  }
  const cut = proved(snapshot, query, { prices, chosen, conditions, lowerBound, uncuttable, considered });
  return cut.left.length === 0 || depth === 0 ? cut : continued(cut, cutPaths(cut.after, query, depth - 1));
}

/** Changes can bring out what they were hiding (a second rule that says the same): those are cut in turn, and the bound is the first one's. */
function continued(first: PathCut, second: PathCut): PathCut {
  return {
    ...second,
    remedies: [...first.remedies, ...second.remedies],
    cost: first.cost + second.cost,
    lowerBound: first.lowerBound,
    uncuttable: first.uncuttable,
    considered: first.considered + second.considered,
  };
}

interface Candidate {
  readonly prices: RemedyPrices;
  readonly chosen: ReadonlySet<number>;
  readonly conditions: readonly (readonly number[])[];
  readonly lowerBound: number;
  readonly uncuttable: readonly AttackPath[];
  readonly considered: number;
}

function proved(snapshot: ClusterSnapshot, query: PathQuery, candidate: Candidate): PathCut {
  const { prices, chosen, conditions, lowerBound, uncuttable, considered } = candidate;
  const remedies = [...chosen].map((number) => ({
    remedy: prices.remedy(number),
    cost: prices.costs[number] ?? 0,
    closes: conditions.filter((condition) => condition.includes(number)).length,
  }));
  const after = applyRemedies(
    snapshot,
    remedies.map(({ remedy }) => remedy),
  );
  const known = new Set(uncuttable.map(pairOf));
  const left = findPaths(after, query).paths.filter((path) => !known.has(pairOf({ ...path, goal: path.goalKind })));
  return {
    remedies: remedies.sort((a, b) => b.closes - a.closes),
    cost: remedies.reduce((sum, { cost }) => sum + cost, 0),
    lowerBound,
    uncuttable,
    left,
    after,
    considered,
  };
}

function pairOf({ start, goal }: Pick<AttackPath, "start" | "goal">): string {
  return `${start}\n${goal}`;
}

/** One goal with the starts that must not reach it. */
interface GoalPairs {
  readonly name: string;
  readonly ends: readonly string[];
  readonly starts: readonly string[];
}

/** Leaves out who was given the goal itself, and those whom nothing offered here keeps from it. */
function partPairs(
  snapshot: ClusterSnapshot,
  graph: AttackGraph,
  query: PathQuery,
): { readonly pairs: readonly GoalPairs[]; readonly uncuttable: readonly AttackPath[] } {
  const { starts = DEFAULT_STARTS, goals = GOALS } = query;
  const ids = [...new Set(starts.flatMap((start) => startIds(snapshot, graph, start)))];
  const uncuttable: AttackPath[] = [];
  const pairs = goals.map((name) => {
    const ends = goalIds(graph, name);
    const entitled = ownRightOnly(graph, name, ends);
    const fixed = searchPaths(graph, ends, "likely", (edge) => leadsOn(name, edge) && edge.remedies.length === 0);
    return {
      name,
      ends,
      starts: ids.filter((start) => {
        if (entitled(start)) return false;
        const path = fixed.from(start);
        if (path !== undefined) uncuttable.push({ ...path, goal: name });
        return path === undefined;
      }),
    };
  });
  return { pairs, uncuttable };
}

function openPaths(
  graph: AttackGraph,
  pairs: readonly GoalPairs[],
  isOpen: (edge: AttackEdge) => boolean,
): readonly AttackPath[] {
  const paths: AttackPath[] = [];
  for (const { name, ends, starts } of pairs) {
    const search = searchPaths(graph, ends, "likely", (edge) => isOpen(edge) && leadsOn(name, edge));
    for (const start of starts) {
      const path = search.from(start);
      if (path !== undefined) paths.push(path);
      if (paths.length >= PATHS_A_ROUND) return paths;
    }
  }
  return paths;
}

/** Numbers remedies as they are met, and knows what each costs. */
class RemedyPrices {
  readonly costs: number[] = [];
  readonly #remedies: Remedy[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #byRemedy = new Map<Remedy, number>();
  readonly #snapshot: ClusterSnapshot;

  constructor(snapshot: ClusterSnapshot) {
    this.#snapshot = snapshot;
  }

  number(remedy: Remedy): number {
    const met = this.#byRemedy.get(remedy);
    if (met !== undefined) return met;
    const key = remedyKey(remedy);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#remedies.push(remedy) - 1;
      this.costs.push(remedyCost(remedy, (namespace) => this.#refused(namespace)));
      this.#numbers.set(key, number);
    }
    this.#byRemedy.set(remedy, number);
    return number;
  }

  remedy(number: number): Remedy {
    const remedy = this.#remedies[number];
    if (remedy === undefined) throw new RangeError(`no remedy has number ${number}`);
    return remedy;
  }

  /** Workloads that level baseline would refuse for how they could leave their containers. */
  #refused(namespace: string): number {
    const index = accessIndex(this.#snapshot);
    return placesOf(this.#snapshot)
      .workloadsIn(namespace)
      .filter((workload) => escapesOf(workload, index).length > 0).length;
  }
}
