import type { SELinuxOptions } from "@redoubt/kube";

/** Inclusive at both ends. */
export interface IdRange {
  readonly min: number;
  readonly max: number;
}

/** `RunAsAny`: no opinion. `MustRunAs`: defaulted to the first range's start, then within a range. `MayRunAs`: within a range if set. */
export interface IdStrategy {
  readonly rule: "RunAsAny" | "MustRunAs" | "MayRunAs";
  /** Not empty unless the rule is `RunAsAny`. */
  readonly ranges: readonly IdRange[];
}

/** A default and the allowed values that a PSP's annotations give for seccomp or AppArmor profiles. */
export interface ProfileRule {
  readonly defaultProfile?: string;
  /** Undefined when the annotation is absent. */
  readonly allowedProfiles?: readonly string[];
}

/**
 * What a PodSecurityPolicy asks for, with its API defaults filled in.
 *
 * Source: policy/v1beta1 PodSecurityPolicy, removed from Kubernetes in 1.25.
 */
export interface PodSecurityPolicy {
  readonly name: string;
  readonly privileged: boolean;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  /** Empty: none. */
  readonly hostPorts: readonly IdRange[];
  /** Volume types by PSP's names; `*` is all, empty is none. */
  readonly volumes: readonly string[];
  /** Empty: every path, where `hostPath` volumes are allowed at all. */
  readonly allowedHostPaths: readonly { readonly pathPrefix: string; readonly readOnly: boolean }[];
  /** Empty: every driver, where the volume type is allowed at all. */
  readonly allowedFlexVolumes: readonly string[];
  readonly allowedCSIDrivers: readonly string[];
  /** `*` is all. */
  readonly allowedCapabilities: readonly string[];
  readonly defaultAddCapabilities: readonly string[];
  readonly requiredDropCapabilities: readonly string[];
  readonly seLinux: { readonly rule: "RunAsAny" } | { readonly rule: "MustRunAs"; readonly options: SELinuxOptions };
  readonly runAsUser: {
    readonly rule: "RunAsAny" | "MustRunAs" | "MustRunAsNonRoot";
    readonly ranges: readonly IdRange[];
  };
  readonly runAsGroup: IdStrategy;
  readonly supplementalGroups: IdStrategy;
  readonly fsGroup: IdStrategy;
  readonly readOnlyRootFilesystem: boolean;
  readonly allowPrivilegeEscalation: boolean;
  readonly defaultAllowPrivilegeEscalation?: boolean;
  /** Empty: only `Default`. */
  readonly allowedProcMountTypes: readonly string[];
  /** Names, or prefixes ending in `*`. */
  readonly allowedUnsafeSysctls: readonly string[];
  readonly forbiddenSysctls: readonly string[];
  readonly runtimeClass?: { readonly allowed: readonly string[]; readonly defaultName?: string };
  readonly seccomp: ProfileRule;
  readonly appArmor: ProfileRule;
}

/** Whether `id` lies in one of the ranges. */
export function isInRanges(id: number, ranges: readonly IdRange[]): boolean {
  return ranges.some(({ min, max }) => id >= min && id <= max);
}

/** Whether a PSP's sysctl list names `sysctl`, exactly or by a prefix that ends in `*`. */
export function matchesSysctl(sysctl: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? sysctl.startsWith(pattern.slice(0, -1)) : sysctl === pattern,
  );
}

/** Whether the policy keeps every container from running as user 0. */
export function forbidsRoot({ runAsUser }: PodSecurityPolicy): boolean {
  return runAsUser.rule === "MustRunAsNonRoot" || (runAsUser.rule === "MustRunAs" && !isInRanges(0, runAsUser.ranges));
}
