import type { PodSpec } from "@redoubt/kube";

/** One thing that a policy enforced, and how to go on enforcing it without the policy. */
export interface Constraint {
  /** The policy's field. */
  readonly field: string;
  /** `the root file system is read-only`: what held for every pod. */
  readonly says: string;
  /** Pods that break this and no other rule: a level that refuses all of them implies the constraint. */
  readonly violations: readonly PodSpec[];
  /** CEL over a pod, true when the constraint holds. */
  readonly expression: string;
  /** What a pod is told that breaks it. */
  readonly message: string;
}
