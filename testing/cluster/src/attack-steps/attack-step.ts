/**
 * A step of an attack as a pair of tests: the stage is set twice, once as the graph says the step can be taken and once with the one
 * thing mitigated, and the same attempt is made on both with nothing but what the lower identity has.
 */
import type { OwnEdgeKind } from "@redoubt/posture";
import type { ApiResponse } from "../api-client.ts";
import { type AttackLab, type LabSetup, messageOf } from "../attack-lab.ts";
import type { ClusterWithNode } from "../node.ts";

/** What an attempt is made on. */
export interface Scene {
  readonly cluster: ClusterWithNode;
  readonly lab: AttackLab;
  readonly mitigated: boolean;
  readonly treasure: Treasure;
}

/** A file of the node that only its root can read. */
export interface Treasure {
  readonly path: string;
  readonly text: string;
}

export type Outcome = { readonly got: string } | { readonly refused: string };

export interface AttackStep {
  /** The name of its namespaces. */
  readonly name: string;
  /** The kinds of edges that this pair is about: the mitigation takes them away. */
  readonly kinds: readonly OwnEdgeKind[];
  /** What is done: `creates a Pod that runs as the victim and prints its token`. */
  readonly does: string;
  /** What takes it away: `no right to create Pods`. */
  readonly mitigation: string;
  readonly setup: (mitigated: boolean, namespace: string) => LabSetup;
  /** What the administrator adds to the namespace. */
  readonly stage?: (scene: Scene) => Promise<void>;
  /** The objects as manifests, for what only a graph of files shows; without them the live cluster's graph is asked. */
  readonly manifests?: (scene: Scene) => readonly object[];
  /** All edges from the attacker's position to what is gained, in order. */
  readonly walk: readonly OwnEdgeKind[];
  /** Id of the attacker's position in the graph; the lab's ServiceAccount `attacker` when nothing is said. */
  readonly from?: (lab: AttackLab) => string;
  readonly to: (lab: AttackLab) => string;
  readonly attempt: (scene: Scene) => Promise<Outcome>;
  /** What a successful attempt gets. */
  readonly gets: (scene: Scene) => string;
  /** How the mitigated attempt is turned down. */
  readonly refusal: RegExp;
  /** What the graph names as stopping it, where it does. */
  readonly stoppedBy?: RegExp;
  /** Why the step cannot be taken on this machine, though on others it can. */
  readonly unavailable?: () => string | undefined;
}

export const attackerOf = ({ namespace }: AttackLab): string => `user:system:serviceaccount:${namespace}:attacker`;
export const victimOf = ({ victim }: AttackLab): string => `user:${victim}`;
export const podOf =
  (name: string): ((lab: AttackLab) => string) =>
  (lab) =>
    `workload Pod ${lab.namespace}/${name}`;
export const secretOf =
  (name: string): ((lab: AttackLab) => string) =>
  (lab) =>
    `secret ${lab.namespace}/${name}`;

/** An attempt whose answer by the API server is the end of it. */
export function answered(response: ApiResponse, got: (body: unknown) => string): Outcome {
  return response.status < 300 ? { got: got(response.body) } : { refused: messageOf(response) };
}

/** Whom a token that was got hold of authenticates as. */
export async function asWhom(lab: AttackLab, token: string): Promise<Outcome> {
  const user = await lab.whoIs(token);
  return user === "" ? { refused: `no token: ${token}` } : { got: user };
}

/** What a pod printed: scripts print `refused` and why where they got nothing. */
export async function printed(lab: AttackLab, pod: string): Promise<Outcome> {
  const text = await lab.outputOf(pod);
  return text.includes("refused") ? { refused: text } : { got: text.trim() };
}

/** Creates a pod as the attacker; a refusal is the outcome, else what becomes of it is. */
export async function createsPod(lab: AttackLab, pod: object, then: () => Promise<Outcome>): Promise<Outcome> {
  const response = await lab.attacker.post(lab.path("pods"), pod);
  return response.status === 201 ? then() : { refused: messageOf(response) };
}
