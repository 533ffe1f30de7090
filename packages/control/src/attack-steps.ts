/**
 * The port by which a layer tells attack paths what it knows: steps that lead an attacker from one position to the next, and what
 * stops steps that others know of. A layer implements `EdgeSource` over its own engine; what joins the layers hands the sources to
 * the graph. No layer needs to know that there is one.
 */
import type { ClusterSnapshot, KubeObject, Path } from "@redoubt/kube";
import type { Fix } from "./control.ts";

/** Where an attacker can be. */
export type AttackPosition =
  | { readonly kind: "outside" }
  /** Running code in the containers of a workload. */
  | { readonly kind: "workload"; readonly object: KubeObject<object> }
  /** Making requests as a user (a ServiceAccount by its user name), or as a member of a group. */
  | { readonly kind: "identity"; readonly key: `user:${string}` | `group:${string}` }
  /** Root on a node. */
  | { readonly kind: "node"; readonly name: string }
  /** Knowing the values of a Secret. */
  | { readonly kind: "secret"; readonly namespace: string; readonly name: string }
  /** Deciding what an image holds, by its reference. */
  | { readonly kind: "image"; readonly reference: string }
  /** Having every right. */
  | { readonly kind: "cluster-admin" };

/** A kind of step that a layer knows. */
export interface StepKind {
  /** After "then": `reaches a Pod`. */
  readonly title: string;
  /** How unlikely it is to succeed: 0 for what needs nothing, 1 for a plain use of what one holds; each point about halves the chance. */
  readonly effort: number;
  /** What other attack-path tools call it. */
  readonly alsoKnownAs?: string;
}

/** A field that a step, or what stops it, rests on. */
export interface StepProof {
  readonly object: KubeObject<object>;
  readonly path: Path;
}

/** A change after which the source does not report the step any more. */
export interface StepFix {
  /** The object that `fix.edits` change; what `fix.adds` holds comes beside it. */
  readonly object: KubeObject<object>;
  readonly fix: Fix;
  /** In points that add up over a cut: 2 for a change that its owner hardly notices, 3 for something that somebody has to do without. */
  readonly cost: number;
}

/** A fact of a layer that leads from one position to the next. */
export interface AttackStep {
  /** One of the source's kinds. */
  readonly kind: string;
  readonly from: AttackPosition;
  readonly to: AttackPosition;
  /** What happens, after "then". */
  readonly says: string;
  readonly proof: readonly StepProof[];
  /** Any one of these takes the step away. */
  readonly fixes: readonly StepFix[];
}

/** A step of any source, as it is asked about. `kind` is `NAME:KIND` where a layer reported it. */
export interface StepInQuestion {
  readonly kind: string;
  readonly from: AttackPosition;
  readonly to: AttackPosition;
}

export interface StepStop {
  /** What stops the step: `NetworkPolicy shop/default-deny`. */
  readonly by: string;
  readonly proof: readonly StepProof[];
}

/** What a layer knows about attacks. Pure, as controls are: no I/O, no clock; the same snapshot gives the same answers. */
export interface EdgeSource {
  /** Of the layer, as its package is called: `network`. */
  readonly name: string;
  /** The kinds of its steps, by name. */
  readonly kinds: Readonly<Record<string, StepKind>>;
  /** Every step that the objects let an attacker take. */
  steps(snapshot: ClusterSnapshot): Iterable<AttackStep>;
  /**
   * Prepares to say what stops steps that other sources, or the graph itself, report. A step between positions that are not
   * `AttackPosition`s (a role that is held, a power over a namespace) is not asked about.
   */
  stops?(snapshot: ClusterSnapshot): (step: StepInQuestion) => StepStop | undefined;
}
