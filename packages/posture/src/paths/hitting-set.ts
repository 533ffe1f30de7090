/**
 * The cheapest set of elements that has one of every given set: weighted hitting set, which is NP-hard. Sets that include
 * another set, and elements that a cheaper one replaces, go first; what is left falls apart into components that share
 * nothing; each is solved by branch and bound. Within the limit on steps the answer is exact, beyond it the best found, with
 * a bound that no answer can be below.
 */
export interface HittingSet {
  readonly chosen: readonly number[];
  readonly cost: number;
  /** Equal to `cost` when the answer is exact. */
  readonly lowerBound: number;
}

/** `weights[element]` is positive; every set has an element. */
export function cheapestHittingSet(
  sets: readonly (readonly number[])[],
  weights: readonly number[],
  maxSteps = 200_000,
): HittingSet {
  const minimal = minimalSets(sets);
  const reduced = withoutDominated(minimal, weights);
  const steps = { left: maxSteps };
  const chosen: number[] = [];
  let lowerBound = 0;
  for (const component of components(reduced)) {
    const result = solveComponent(component, weights, steps);
    chosen.push(...result.chosen);
    lowerBound += result.lowerBound;
  }
  return { chosen: chosen.sort((left, right) => left - right), cost: total(chosen, weights), lowerBound };
}

type Sets = readonly (readonly number[])[];

/** Each set once, and none that includes another: hitting the smaller hits both. */
export function minimalSets(sets: Sets): Sets {
  const unique = [
    ...new Map(
      sets.map((set) => [...new Set(set)].sort((left, right) => left - right)).map((set) => [set.join(), set]),
    ).values(),
  ];
  unique.sort((left, right) => left.length - right.length);
  const kept: (readonly number[])[] = [];
  const byElement = new Map<number, (readonly number[])[]>();
  for (const set of unique) {
    const own = new Set(set);
    const includesKept = set.some(
      (element) => byElement.get(element)?.some((other) => other.every((each) => own.has(each))) ?? false,
    );
    if (includesKept) continue;
    kept.push(set);
    for (const element of set) {
      const others = byElement.get(element);
      if (others === undefined) byElement.set(element, [set]);
      else others.push(set);
    }
  }
  return kept;
}

/** Leaves out elements when another is no dearer and in every set that they are in. */
function withoutDominated(sets: Sets, weights: readonly number[]): Sets {
  const members = new Map<number, Set<number>>();
  for (const [number, set] of sets.entries())
    for (const element of set) {
      const known = members.get(element);
      if (known === undefined) members.set(element, new Set([number]));
      else known.add(number);
    }
  const gone = new Set<number>();
  for (const [element, own] of members) {
    const [first] = own;
    const rivals = first === undefined ? [] : (sets[first] ?? []);
    const better = rivals.some((rival) => {
      if (rival === element || gone.has(rival)) return false;
      const [mine, theirs] = [weightOf(weights, element), weightOf(weights, rival)];
      const others = members.get(rival);
      if (others === undefined || theirs > mine || others.size < own.size || ![...own].every((set) => others.has(set)))
        return false;
      return theirs < mine || others.size > own.size || rival < element;
    });
    if (better) gone.add(element);
  }
  return gone.size === 0
    ? sets
    : withoutDominated(minimalSets(sets.map((set) => set.filter((element) => !gone.has(element)))), weights);
}

function components(sets: Sets): readonly Sets[] {
  const parents = sets.map((_, number) => number);
  const root = (number: number): number => {
    let current = number;
    for (let parent = parents[current]; parent !== undefined && parent !== current; parent = parents[current])
      current = parent;
    return current;
  };
  const firstWith = new Map<number, number>();
  for (const [number, set] of sets.entries())
    for (const element of set) {
      const first = firstWith.get(element);
      if (first === undefined) firstWith.set(element, number);
      else parents[root(number)] = root(first);
    }
  return [...Map.groupBy(sets.entries(), ([number]) => root(number)).values()].map((entries) =>
    entries.map(([, set]) => set),
  );
}

function solveComponent(
  sets: Sets,
  weights: readonly number[],
  steps: { left: number },
): { readonly chosen: readonly number[]; readonly lowerBound: number } {
  let best = greedy(sets, weights);
  let bestCost = total(best, weights);
  const rootBound = packingBound(sets, weights);
  let finished = true;
  const branch = (left: Sets, chosen: readonly number[], cost: number): void => {
    if (left.length === 0) {
      if (cost < bestCost) [best, bestCost] = [chosen, cost];
      return;
    }
    if (cost + packingBound(left, weights) >= bestCost) return;
    if (steps.left <= 0) {
      finished = false;
      return;
    }
    steps.left -= 1;
    const smallest = left.reduce((least, set) => (set.length < least.length ? set : least));
    // Elements tried before are not chosen in later branches: each answer is met once.
    const tried = new Set<number>();
    for (const element of [...smallest].sort((a, b) => weightOf(weights, a) - weightOf(weights, b))) {
      const rest = left
        .filter((set) => !set.includes(element))
        .map((set) => (tried.size === 0 ? set : set.filter((each) => !tried.has(each))));
      tried.add(element);
      if (rest.some((set) => set.length === 0)) continue;
      branch(rest, [...chosen, element], cost + weightOf(weights, element));
    }
  };
  if (rootBound < bestCost) branch(sets, [], 0);
  return { chosen: best, lowerBound: finished ? bestCost : rootBound };
}

/** Takes what hits most for its price, again and again, then leaves out what the others made needless. */
function greedy(sets: Sets, weights: readonly number[]): readonly number[] {
  const chosen: number[] = [];
  for (let left = sets; left.length > 0;) {
    const hits = new Map<number, number>();
    for (const set of left) for (const element of set) hits.set(element, (hits.get(element) ?? 0) + 1);
    let best = { element: -1, worth: 0 };
    for (const [element, count] of hits) {
      const worth = count / weightOf(weights, element);
      if (worth > best.worth) best = { element, worth };
    }
    const { element } = best;
    chosen.push(element);
    left = left.filter((set) => !set.includes(element));
  }
  const needed = new Set(chosen);
  for (const element of chosen.toReversed()) {
    needed.delete(element);
    if (!sets.every((set) => set.some((each) => needed.has(each)))) needed.add(element);
  }
  return [...needed];
}

/** Sets that share nothing each need an element of their own: the sum of their cheapest ones. */
function packingBound(sets: Sets, weights: readonly number[]): number {
  const taken = new Set<number>();
  let bound = 0;
  for (const set of [...sets].sort((left, right) => left.length - right.length)) {
    if (set.some((element) => taken.has(element))) continue;
    for (const element of set) taken.add(element);
    bound += Math.min(...set.map((element) => weightOf(weights, element)));
  }
  return bound;
}

function weightOf(weights: readonly number[], element: number): number {
  return weights[element] ?? 1;
}

function total(elements: readonly number[], weights: readonly number[]): number {
  return elements.reduce((sum, element) => sum + weightOf(weights, element), 0);
}
