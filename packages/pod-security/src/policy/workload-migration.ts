import { type Edit, type ObjectMeta, type PodSpec, type Workload, effectiveServiceAccountName } from "@redoubt/kube";
import { type CheckViolation, evaluatePod } from "../engine/evaluate-pod.ts";
import { LEVELS, type Level, type LevelVersion, type Version } from "../engine/level-version.ts";
import { allContainers, isWindowsPod } from "../engine/pod-containers.ts";
import { choosePolicy } from "./evaluate-policy.ts";
import { mutatePod } from "./mutate-pod.ts";
import { type PodSecurityPolicy, forbidsRoot } from "./pod-security-policy.ts";

/** What a workload needs so that it runs as before. */
export interface WorkloadMigration {
  readonly workload: Workload;
  /** The policy that admitted its pods; undefined when none that it may use does. */
  readonly policy: string | undefined;
  /** Why no policy admits it. */
  readonly refusal?: string;
  /** What the policy filled in, and what the level demands besides; paths inside the object. */
  readonly edits: readonly Edit[];
  /** What the level still refuses after the edits. */
  readonly remaining: readonly CheckViolation[];
}

/** A workload and the policy that admitted its pods. */
export interface Coverage {
  readonly workload: Workload;
  readonly policy: PodSecurityPolicy | undefined;
  readonly refusal?: string;
}

/** Which of the policies that a workload's service account may use admitted its pods. */
export function coverageOf(workload: Workload, usable: readonly PodSecurityPolicy[]): Coverage {
  if (usable.length === 0) {
    const account = effectiveServiceAccountName(workload.podSpec);
    return { workload, policy: undefined, refusal: `service account ${account} may use no PodSecurityPolicy` };
  }
  const choice = choosePolicy(usable, workload.podMetadata, workload.podSpec);
  return choice.admitted
    ? { workload, policy: choice.policy }
    : { workload, policy: undefined, refusal: choice.message };
}

/** The strictest level that admits a workload's pods once they say what their policy filled in. */
export function fitOf(coverage: Coverage, version: Version): Level {
  return LEVELS.findLast((level) => changesFor(coverage, level, version).remaining.length === 0) ?? "privileged";
}

/** What to write into a workload so that its pods run as before, and are admitted by a level where that is all it takes. */
export function changesFor(coverage: Coverage, level: Level, version: Version): WorkloadMigration {
  const { workload, policy, refusal } = coverage;
  if (policy === undefined) {
    return { workload, policy: undefined, ...(refusal === undefined ? {} : { refusal }), edits: [], remaining: [] };
  }
  const { podMetadata, podSpec, podSpecPath } = workload;
  const { spec, mutations } = mutatePod(withoutEmptyDefaults(policy), podMetadata, podSpec);
  const adjusted = adjustToLevel(policy, { level, version }, podMetadata, spec);
  const filledIn = mutations.map(({ path, value }): Edit => ({ op: "set", path, value }));
  const edits = [...filledIn, ...adjusted.edits].map((edit): Edit => ({
    ...edit,
    path: [...podSpecPath, ...edit.path],
  }));
  return { workload, policy: policy.name, edits, remaining: adjusted.remaining };
}

/** A default seccomp profile of `unconfined` is what a pod gets that says nothing: to write it down would only be refused. */
function withoutEmptyDefaults(policy: PodSecurityPolicy): PodSecurityPolicy {
  if (policy.seccomp.defaultProfile !== "unconfined") return policy;
  const { allowedProfiles } = policy.seccomp;
  return { ...policy, seccomp: allowedProfiles === undefined ? {} : { allowedProfiles } };
}

/**
 * What a pod of a policy must say besides so that a level admits it, as far as it does not change how the pod runs: that
 * the user is not root where the policy saw to that, and the runtime's default seccomp profile where none was named.
 * `edits` are of the pod spec.
 */
function adjustToLevel(
  policy: PodSecurityPolicy,
  level: LevelVersion,
  metadata: ObjectMeta,
  spec: PodSpec,
): { readonly edits: readonly Edit[]; readonly remaining: readonly CheckViolation[] } {
  const before = evaluatePod(level, metadata, spec).results;
  if (before.length === 0 || isWindowsPod(spec)) return { edits: [], remaining: before };
  const refuses = (id: CheckViolation["id"]): boolean => before.some((violation) => violation.id === id);
  const edits: Edit[] = [];
  let securityContext = spec.securityContext ?? {};
  const containers = allContainers(spec);
  if (refuses("runAsNonRoot") && forbidsRoot(policy) && securityContext.runAsNonRoot === undefined) {
    edits.push({ op: "set", path: ["securityContext", "runAsNonRoot"], value: true });
    securityContext = { ...securityContext, runAsNonRoot: true };
  }
  const namesProfile = [{ securityContext }, ...containers].some(
    (one) => one.securityContext?.seccompProfile?.type === "Unconfined",
  );
  if (refuses("seccompProfile_restricted") && !namesProfile && securityContext.seccompProfile === undefined) {
    edits.push({ op: "set", path: ["securityContext", "seccompProfile", "type"], value: "RuntimeDefault" });
    securityContext = { ...securityContext, seccompProfile: { type: "RuntimeDefault" } };
  }
  return { edits, remaining: evaluatePod(level, metadata, { ...spec, securityContext }).results };
}
