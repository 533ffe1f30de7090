import type { PodSpec } from "@redoubt/kube";
import type { CheckId } from "../engine/check.ts";
import { evaluatePod } from "../engine/evaluate-pod.ts";
import { LEVELS, type Level, type Version } from "../engine/level-version.ts";
import { evaluatePodSecurityPolicy } from "./evaluate-policy.ts";
import { type Probe, acceptable, probesOf } from "./grant-probes.ts";
import { type PodSecurityPolicy, forbidsRoot } from "./pod-security-policy.ts";

/** Something pods could do under a policy that a level refuses. */
export interface Disagreement {
  readonly check: CheckId;
  /** The level's reason, in the API server's words. */
  readonly reason: string;
  /** `run as root`, `use hostPath volumes`: completes "pods may ...". */
  readonly may: string;
  /** The policy's field that lets them, or how it came to have no opinion. */
  readonly because: string;
}

export interface LevelFit {
  /** The strictest level that refuses nothing the policy granted on purpose. */
  readonly level: Level;
  /** For each stricter level, what the policy grants that it refuses. */
  readonly blockers: ReadonlyMap<Level, readonly Disagreement[]>;
  /** What the level refuses on which the policy had no opinion: its pods must say it themselves from now on. */
  readonly demands: readonly Disagreement[];
}

/**
 * Finds the level that takes a policy's place. Each pod of the family goes through the policy, defaults included, and what
 * comes out is judged by the level; where the policy admits and the level refuses, they disagree. A disagreement counts
 * against the level only when the policy's field grants the thing, or when its silence is a grant (no `requiredDropCapabilities`,
 * any user); where a policy could have no say or is silent by habit (seccomp, SELinux RunAsAny), the level's word becomes a
 * demand on the pods instead.
 */
export function fitLevel(policy: PodSecurityPolicy, version: Version): LevelFit {
  const probes = probesOf(policy);
  const blockers = new Map<Level, readonly Disagreement[]>();
  for (const level of LEVELS.toReversed()) {
    const found = probes.flatMap((probe) =>
      disagreements(policy, probe, level, version).map((disagreement) => ({ disagreement, isGrant: probe.isGrant })),
    );
    const grants = found.filter(({ isGrant }) => isGrant).map(({ disagreement }) => disagreement);
    if (grants.length > 0) blockers.set(level, grants);
    else return { level, blockers, demands: found.map(({ disagreement }) => disagreement) };
  }
  return { level: "privileged", blockers, demands: [] };
}

function disagreements(policy: PodSecurityPolicy, probe: Probe, level: Level, version: Version): Disagreement[] {
  const { may, because, checks, pods, asIs = false } = probe;
  const refused = pods.flatMap(({ name, spec }) => {
    const { admitted, spec: mutated } = evaluatePodSecurityPolicy(policy, {}, acceptable(policy, spec));
    if (!admitted) return [];
    const judged = asIs ? mutated : completed(policy, mutated);
    const violation = evaluatePod({ level, version }, {}, judged).results.find(({ id }) => checks.includes(id));
    return violation === undefined ? [] : [{ name, violation }];
  });
  const [first] = refused;
  if (first === undefined) return [];
  const names = refused.flatMap(({ name }) => name ?? []).join(", ");
  return [{ check: first.violation.id, reason: first.violation.reason, may: may.replace("%", () => names), because }];
}

/** Adds what pods of the policy can say from now on without changing how they ran. */
function completed(policy: PodSecurityPolicy, spec: PodSpec): PodSpec {
  const own = spec.securityContext ?? {};
  return {
    ...spec,
    securityContext: {
      ...own,
      seccompProfile: own.seccompProfile ?? { type: "RuntimeDefault" },
      ...(forbidsRoot(policy) && own.runAsNonRoot === undefined ? { runAsNonRoot: true } : {}),
    },
  };
}
