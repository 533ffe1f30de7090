import type { ObjectMeta, PodSpec } from "@redoubt/kube";

/** Every check of the standards, by the name that `pod-security.admission` uses. */
export const CHECK_IDS = [
  "allowPrivilegeEscalation",
  "appArmorProfile",
  "capabilities_baseline",
  "capabilities_restricted",
  "hostNamespaces",
  "hostPathVolumes",
  "hostPorts",
  "hostProbesAndHostLifecycle",
  "privileged",
  "procMount",
  "procMount_restricted",
  "restrictedVolumes",
  "runAsNonRoot",
  "runAsUser",
  "seLinuxOptions",
  "seccompProfile_baseline",
  "seccompProfile_restricted",
  "sysctls",
  "windowsHostProcess",
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** Why a check forbids a pod, in the API server's words. `reason` is short and stable, `detail` names containers and values. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** Undefined when the pod is allowed. */
export type PodCheck = (metadata: ObjectMeta, spec: PodSpec) => Violation | undefined;

/** What a check demands from policy version `v1.SINCE` until the next revision. */
export interface Revision {
  readonly since: number;
  readonly check: PodCheck;
  /** Baseline checks that the restricted level leaves out because this one is stricter. */
  readonly overrides?: readonly CheckId[];
}

export interface Check {
  readonly id: CheckId;
  readonly level: "baseline" | "restricted";
  /** Oldest first. */
  readonly revisions: readonly Revision[];
}
