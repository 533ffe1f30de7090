import type { EdgeSource } from "@redoubt/control";
import type { ClusterSnapshot } from "@redoubt/kube";
import { accessIndex, isBuiltInGrant, subjectKey } from "@redoubt/rbac";
import type { AttackEdge, AttackGraph, StoppedEdge } from "./attack-graph.ts";
import { attackGraph } from "./build-graph.ts";
import type { EdgeKind } from "./edge-kinds.ts";
import { CLUSTER_ADMIN, OUTSIDE, powerNode } from "./positions.ts";
import { type AttackPath, type Ranking, searchPaths } from "./search.ts";

/** Where attacks end. */
export const GOALS = ["cluster-admin", "node", "secret"] as const;
export type Goal = (typeof GOALS)[number];

/**
 * Where attacks start and end. `starts` are `outside`, `workload` (any), `identity` (any that a binding names), `namespace/NAME`
 * (any workload of it), or a node's label as paths print it, its kind in front: `Deployment shop/web`, `User jane`.
 * `goals` are goals, or labels: `Secret shop/db`, `Node worker-1`.
 */
export interface PathQuery {
  readonly starts?: readonly string[];
  readonly goals?: readonly string[];
  readonly ranking?: Ranking;
  /** Layers that add steps to the graph and say what stops others. */
  readonly sources?: readonly EdgeSource[];
}

export interface FoundPath extends AttackPath {
  readonly goalKind: string;
}

export interface PathReport {
  readonly graph: AttackGraph;
  /** Most likely (or shortest) first. */
  readonly paths: readonly FoundPath[];
  /** What stops steps that would be there. */
  readonly stopped: readonly StoppedEdge[];
  /** Starts or goals that name nothing in the graph. */
  readonly unknown: readonly string[];
  readonly starts: number;
}

export const DEFAULT_STARTS: readonly string[] = ["outside", "workload", "identity"];

/** The best path of every start to each goal. */
export function findPaths(snapshot: ClusterSnapshot, query: PathQuery = {}): PathReport {
  const graph = attackGraph(snapshot, query.sources);
  const { starts = DEFAULT_STARTS, goals = GOALS, ranking = "likely" } = query;
  const startSets = starts.map((name) => ({ name, ids: startIds(snapshot, graph, name) }));
  const goalSets = goals.map((name) => ({ name, ids: goalIds(graph, name) }));
  const ids = new Set(startSets.flatMap((set) => set.ids));
  const paths = goalSets.flatMap(({ name, ids: ends }) => {
    const search = searchPaths(graph, ends, ranking, (edge) => leadsOn(name, edge));
    const entitled = ownRightOnly(graph, name, ends);
    return [...ids].flatMap((start): FoundPath[] => {
      const path = entitled(start) ? undefined : search.from(start);
      return path === undefined ? [] : [{ ...path, goalKind: name }];
    });
  });
  return {
    graph,
    paths: paths.sort(
      (left, right) =>
        left.effort - right.effort || left.edges.length - right.edges.length || compare(left.start, right.start),
    ),
    stopped: graph.stopped,
    unknown: [...startSets, ...goalSets]
      .filter(({ name, ids: found }) => found.length === 0 && !isGeneric(name))
      .map(({ name }) => name),
    starts: ids.size,
  };
}

function isGeneric(name: string): boolean {
  return [...DEFAULT_STARTS, ...GOALS].includes(name);
}

/** Names of starts or goals that one which names nothing may have meant: the shortest that have its last word in them. */
export function namesLike(graph: AttackGraph, name: string): readonly string[] {
  const word = name.trim().split(/\s+/).at(-1)?.toLowerCase() ?? "";
  if (word === "") return [];
  const labels = [...graph.nodes.values()].flatMap(({ id, label, kind }) =>
    kind !== "power" && kind !== "role" && [id, label].some((text) => text.toLowerCase().includes(word)) ? [label] : [],
  );
  return labels.sort((left, right) => left.length - right.length || compare(left, right)).slice(0, MOST_LIKE);
}

const MOST_LIKE = 3;

/** A workload's own Secrets are no catch of an attack on Secrets. */
export function leadsOn(goal: string, edge: AttackEdge): boolean {
  return goal !== "secret" || edge.kind !== "mounted-secret";
}

/** Ids of the nodes that a start names. */
export function startIds(snapshot: ClusterSnapshot, graph: AttackGraph, start: string): readonly string[] {
  if (start === "outside") return graph.nodes.has(OUTSIDE.id) ? [OUTSIDE.id] : [];
  if (start === "workload") return idsOf(graph, ({ kind }) => kind === "workload");
  if (start === "identity") return namedIdentities(snapshot);
  if (start.startsWith("namespace/")) {
    const namespace = start.slice("namespace/".length);
    return idsOf(graph, (node) => node.kind === "workload" && node.namespace === namespace);
  }
  return idsOf(graph, ({ label, kind }) => label === start && kind !== "power" && kind !== "role");
}

/** Ids of the nodes that a goal names. */
export function goalIds(graph: AttackGraph, goal: string): readonly string[] {
  switch (goal) {
    case "cluster-admin":
      return [CLUSTER_ADMIN.id];
    case "node":
      return idsOf(graph, ({ id, kind }) => kind === "node" && id.startsWith("node "));
    case "secret": {
      const known = idsOf(graph, ({ kind }) => kind === "secret");
      // Every cluster has Secrets, also where none is among the input.
      const { id } = powerNode("read-secrets", "");
      return known.length === 0 && graph.nodes.has(id) ? [id] : known;
    }
    default:
      return idsOf(graph, ({ label }) => label === goal || label === `root on ${goal}`);
  }
}

function idsOf(
  graph: AttackGraph,
  wanted: (node: {
    readonly id: string;
    readonly label: string;
    readonly kind: string;
    readonly namespace: string;
  }) => boolean,
): readonly string[] {
  return [...graph.nodes.values()].filter(wanted).map(({ id }) => id);
}

/** Users, groups and ServiceAccounts that somebody's own bindings name: what Kubernetes binds itself is no start. */
function namedIdentities(snapshot: ClusterSnapshot): readonly string[] {
  const keys = accessIndex(snapshot).bindings.flatMap((binding) =>
    binding.subjects.flatMap((subject) => (isBuiltInGrant(binding, subject) ? [] : (subjectKey(subject) ?? []))),
  );
  return [...new Set(keys)];
}

const OWN: ReadonlySet<EdgeKind> = new Set<EdgeKind>([
  "holds-role",
  "member-of",
  "all-rights",
  "list-secrets",
  "get-secret",
  "use-power",
]);

/** Whether an identity was given the very right to the goal: an administrator, not an attack. */
export function ownRightOnly(graph: AttackGraph, goal: string, ends: readonly string[]): (start: string) => boolean {
  const search = searchPaths(graph, ends, "short", (edge) => OWN.has(edge.kind) && leadsOn(goal, edge));
  return (start) => (start.startsWith("user:") || start.startsWith("group:")) && search.from(start) !== undefined;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
