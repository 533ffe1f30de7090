/**
 * The graph that attack paths are searched in. A node is a position an attacker can be in: outside, holding an identity,
 * running code in a workload, root on a node, knowing a Secret, or having some power over a namespace. An edge is a fact
 * about the given objects that leads from one position to the next, with the objects and fields that prove it.
 */
import type {
  EdgeSource,
  AttackPosition,
  StepFix,
  StepInQuestion,
  StepKind,
  StepProof,
  StepStop,
} from "@redoubt/control";
import type { ClusterSnapshot, KubeObject, Path } from "@redoubt/kube";
import type { SubjectKey } from "@redoubt/rbac";
import { EDGE_KINDS, type EdgeKind } from "./edge-kinds.ts";
import { subjectNode } from "./positions.ts";

export type NodeKind =
  | "outside"
  | "user"
  | "group"
  | "service-account"
  | "workload"
  | "node"
  | "secret"
  | "image"
  | "role"
  | "power"
  | "goal";

export interface AttackNode {
  /** Unique: `workload Deployment shop/web`, `power run-pods shop`. */
  readonly id: string;
  readonly kind: NodeKind;
  /** As a path tells it: `Deployment shop/web`, `run Pods in namespace shop`. */
  readonly label: string;
  /** The namespace it lies in; empty when it lies in none. */
  readonly namespace: string;
  /** As layers know it; absent for what only RBAC tells apart: roles, powers, files of a node. */
  readonly position?: AttackPosition;
}

/** A field that an edge rests on. */
export type Proof = StepProof;

/** A change that takes an edge away, as far as this graph tells; `applyRemedies` makes it. */
export type Remedy =
  | { readonly kind: "unbind"; readonly binding: KubeObject<object>; readonly subject: number }
  | {
      readonly kind: "narrow-rule";
      readonly role: KubeObject<object>;
      readonly rule: number;
      readonly targets: readonly RuleTarget[];
    }
  | { readonly kind: "remove-token"; readonly workload: KubeObject<object>; readonly podSpecPath: Path }
  | { readonly kind: "harden-workload"; readonly workload: KubeObject<object>; readonly change: WorkloadChange }
  | { readonly kind: "enforce-baseline"; readonly namespace: string; readonly object: KubeObject<object> | undefined }
  | { readonly kind: "unexpose"; readonly service: KubeObject<object> }
  /** A change that a layer knows. */
  | ({ readonly kind: "fix" } & StepFix);

/** Verbs on a resource that a rule must not allow any more. */
export interface RuleTarget {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

export type WorkloadChange =
  | { readonly kind: "clear-field"; readonly path: Path }
  | { readonly kind: "drop-capability"; readonly path: Path; readonly capability: string }
  | { readonly kind: "replace-volume"; readonly path: Path; readonly name: string };

export interface AttackEdge {
  readonly kind: EdgeKind;
  readonly from: string;
  readonly to: string;
  /** What happens, after "then": `creates a Pod with any ServiceAccount`. */
  readonly says: string;
  readonly proof: readonly Proof[];
  /** Any one of these takes this edge away; none where nothing here can. */
  readonly remedies: readonly Remedy[];
}

/** A step that would be there if something did not stop it. */
export interface StoppedEdge {
  readonly kind: EdgeKind;
  readonly from: string;
  readonly to: string;
  /** What stops it: `Pod Security level baseline of Namespace shop`. */
  readonly by: string;
  readonly proof: readonly Proof[];
}

export interface AttackGraph {
  readonly nodes: ReadonlyMap<string, AttackNode>;
  readonly edges: readonly AttackEdge[];
  readonly stopped: readonly StoppedEdge[];
  /** What every kind of its edges means, those of layers included. */
  readonly kinds: ReadonlyMap<string, StepKind>;
}

/** What a kind of step means. */
export function kindOf({ kinds }: Pick<AttackGraph, "kinds">, kind: EdgeKind): StepKind {
  const known = kinds.get(kind);
  if (known === undefined) throw new RangeError(`no kind of step is called ${kind}`);
  return known;
}

/** Where edge sources put what they find. */
export class GraphBuilder {
  readonly #nodes = new Map<string, AttackNode>();
  readonly #edges: AttackEdge[] = [];
  readonly #stopped: StoppedEdge[] = [];
  readonly #kinds = new Map<string, StepKind>(Object.entries(EDGE_KINDS));
  readonly #stops: ((step: StepInQuestion) => StepStop | undefined)[] = [];

  /** Makes a layer's kinds known, and asks it about every edge that is added from now on. */
  join(source: EdgeSource, snapshot: ClusterSnapshot): void {
    for (const [kind, text] of Object.entries(source.kinds)) this.#kinds.set(`${source.name}:${kind}`, text);
    if (source.stops !== undefined) this.#stops.push(source.stops(snapshot));
  }

  /** Makes a node known; the first description of an id stays. Returns the id. */
  node(node: AttackNode): string {
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, node);
    return node.id;
  }

  /** The node of a user, group or ServiceAccount; its key is its id. */
  subject(key: SubjectKey): string {
    if (!this.#nodes.has(key)) this.#nodes.set(key, subjectNode(key));
    return key;
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  /** Adds an edge, unless a layer knows what stops it. */
  edge(edge: AttackEdge): void {
    const stop = this.#stops.length === 0 ? undefined : this.#stopOf(edge);
    if (stop === undefined) this.#edges.push(edge);
    else this.#stopped.push({ kind: edge.kind, from: edge.from, to: edge.to, ...stop });
  }

  #stopOf({ kind, from, to }: AttackEdge): StepStop | undefined {
    const [start, end] = [this.#nodes.get(from)?.position, this.#nodes.get(to)?.position];
    if (start === undefined || end === undefined) return undefined;
    for (const stops of this.#stops) {
      const stop = stops({ kind, from: start, to: end });
      if (stop !== undefined) return stop;
    }
    return undefined;
  }

  stop(edge: StoppedEdge): void {
    this.#stopped.push(edge);
  }

  finish(): AttackGraph {
    return { nodes: this.#nodes, edges: this.#edges, stopped: this.#stopped, kinds: this.#kinds };
  }
}
