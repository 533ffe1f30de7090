import type { Edit, ObjectMeta, PodSpec } from "@redoubt/kube";
import { quote } from "../engine/message-text.ts";
import { type Mutation, mutatePod } from "./mutate-pod.ts";
import { hasSeccompAnnotation } from "./pod-profiles.ts";
import type { PodSecurityPolicy } from "./pod-security-policy.ts";
import { type PolicyViolation, validatePod } from "./validate-pod.ts";

export interface PolicyEvaluation {
  readonly admitted: boolean;
  readonly violations: readonly PolicyViolation[];
  /** What the policy filled in before it judged, in the pod spec. */
  readonly mutations: readonly Mutation[];
  /** The same as edits of the pod spec. */
  readonly edits: readonly Edit[];
  /** The pod spec as it was judged. */
  readonly spec: PodSpec;
}

/** Whether a policy admits a pod: first it fills in its defaults, then it judges what came of it. */
export function evaluatePodSecurityPolicy(
  policy: PodSecurityPolicy,
  metadata: ObjectMeta,
  spec: PodSpec,
): PolicyEvaluation {
  const { spec: mutated, mutations } = mutatePod(policy, metadata, spec);
  const violations = validatePod(policy, metadata, mutated);
  const edits = mutations.map(({ path, value }): Edit => ({ op: "set", path, value }));
  return { admitted: violations.length === 0, violations, mutations, edits, spec: mutated };
}

/** The policy that a pod was admitted by, or why none would. */
export type PolicyChoice =
  | { readonly admitted: true; readonly policy: PodSecurityPolicy; readonly evaluation: PolicyEvaluation }
  | { readonly admitted: false; readonly message: string };

/**
 * What the admission plugin did with the policies that a pod's creator may use: the first by name that admits the pod as it
 * is, else the first by name that admits it with its defaults filled in.
 */
export function choosePolicy(usable: readonly PodSecurityPolicy[], metadata: ObjectMeta, spec: PodSpec): PolicyChoice {
  const byName = [...usable].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const evaluated = byName.map((policy) => ({ policy, evaluation: evaluatePodSecurityPolicy(policy, metadata, spec) }));
  const admitting = evaluated.filter(({ evaluation }) => evaluation.admitted);
  // The plugin wrote the pod's seccomp field into an annotation too, so such a pod was never left as it is.
  const isAlwaysChanged = spec.securityContext?.seccompProfile !== undefined && !hasSeccompAnnotation(metadata);
  const unchanged = isAlwaysChanged ? undefined : admitting.find(({ evaluation }) => evaluation.mutations.length === 0);
  const chosen = unchanged ?? admitting[0];
  if (chosen !== undefined) return { admitted: true, ...chosen };
  const messages = [
    ...new Set(evaluated.flatMap(({ evaluation }) => evaluation.violations.map(({ message }) => message))),
  ];
  const errors = messages.length === 1 ? (messages[0] ?? "") : `[${messages.join(", ")}]`;
  const subject = metadata.name === undefined ? "pods" : `pods ${quote(metadata.name)}`;
  return { admitted: false, message: `${subject} is forbidden: PodSecurityPolicy: unable to admit pod: ${errors}` };
}
