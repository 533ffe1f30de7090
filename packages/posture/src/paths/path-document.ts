import { describeResource, toFieldPath } from "@redoubt/kube";
import { BUILT_IN_ORIGIN } from "@redoubt/rbac";
import { placeOf } from "../place.ts";
import { type AttackEdge, type AttackGraph, type Proof, kindOf } from "./attack-graph.ts";
import type { PathCut } from "./cut.ts";
import type { FoundPath, PathReport } from "./find-paths.ts";
import { describeRemedy, remedyPath, targetOf } from "./remedies.ts";

/** Paths as JSON documents and other writers show them: labels for ids, places for origins. */
export interface PathDocument {
  readonly start: string;
  readonly goal: string;
  readonly effort: number;
  readonly steps: readonly StepDocument[];
}

export interface StepDocument {
  readonly kind: string;
  /** What other tools call it. */
  readonly alsoKnownAs?: string;
  readonly from: string;
  readonly to: string;
  readonly says: string;
  readonly proof: readonly ProofDocument[];
}

export interface ProofDocument {
  readonly object: string;
  readonly field: string;
  /** `file:line:column`, `cluster NAME`, or Kubernetes' own policy. */
  readonly place: string;
}

export interface CutDocument {
  readonly cost: number;
  readonly lowerBound: number;
  readonly cheapest: boolean;
  readonly changes: readonly {
    readonly does: string;
    readonly cost: number;
    readonly closes: number;
    readonly place: string;
  }[];
  /** What no change offered here keeps apart. */
  readonly uncuttable: readonly { readonly start: string; readonly goal: string; readonly steps: readonly string[] }[];
  /** What a search after the changes still finds: nothing, when they are proved to do. */
  readonly left: readonly PathDocument[];
}

export function labelOf(graph: AttackGraph, id: string): string {
  return graph.nodes.get(id)?.label ?? id;
}

export function pathDocument(graph: AttackGraph, path: FoundPath): PathDocument {
  return {
    start: labelOf(graph, path.start),
    goal: labelOf(graph, path.goal),
    effort: path.effort,
    steps: path.edges.map((edge) => stepDocument(graph, edge)),
  };
}

function stepDocument(graph: AttackGraph, { kind, from, to, says, proof }: AttackEdge): StepDocument {
  const { alsoKnownAs } = kindOf(graph, kind);
  return {
    kind,
    ...(alsoKnownAs === undefined ? {} : { alsoKnownAs }),
    from: labelOf(graph, from),
    to: labelOf(graph, to),
    says,
    proof: proof.map(proofDocument),
  };
}

export function proofDocument({ object, path }: Proof): ProofDocument {
  return { object: describeResource(object), field: toFieldPath(path), place: proofPlace({ object, path }) };
}

const CLUSTER = "cluster ";

/** A place as a text for people has it: that everything is in the cluster they asked about goes without saying. */
export function placeInText(place: string): string {
  return place.startsWith(CLUSTER) ? "" : place;
}

export function proofPlace({ object, path }: Proof): string {
  if (object.origin === BUILT_IN_ORIGIN) return BUILT_IN_ORIGIN.context;
  const place = placeOf(object, path);
  if (place === undefined) return object.origin.kind === "cluster" ? `${CLUSTER}${object.origin.context}` : "";
  const { file, region, rendered } = place;
  if (region === undefined) return `${file}${rendered === undefined ? "" : ` (rendered by ${rendered})`}`;
  return `${file}:${region.start.line}:${region.start.column}`;
}

/** Each mitigation once, with how many steps it stops. */
export function stoppedDocument({ graph, stopped }: PathReport): readonly {
  readonly by: string;
  readonly steps: number;
  readonly example: string;
  readonly place: string;
}[] {
  return [...Map.groupBy(stopped, ({ by }) => by)].map(([by, edges]) => {
    const [first] = edges;
    const [proof] = first?.proof ?? [];
    const example = first === undefined ? "" : `${labelOf(graph, first.from)} ${kindOf(graph, first.kind).title}`;
    return { by, steps: edges.length, example, place: proof === undefined ? "" : proofPlace(proof) };
  });
}

export function cutDocument(graph: AttackGraph, cut: PathCut): CutDocument {
  return {
    cost: cut.cost,
    lowerBound: cut.lowerBound,
    cheapest: cut.cost === cut.lowerBound,
    changes: cut.remedies.map(({ remedy, cost, closes }) => {
      const object = targetOf(remedy);
      const place = object === undefined ? "" : proofPlace({ object, path: remedyPath(remedy) });
      return { does: describeRemedy(remedy), cost, closes, place };
    }),
    uncuttable: cut.uncuttable.map(({ start, goal, edges }) => ({
      start: labelOf(graph, start),
      goal,
      steps: edges.map(({ says }) => says),
    })),
    left: cut.left.map((path) => pathDocument(graph, path)),
  };
}
