import type {
  Capabilities,
  Container,
  EphemeralContainer,
  JsonValue,
  ObjectMeta,
  Path,
  PodSecurityContext,
  PodSpec,
  SELinuxOptions,
  SecurityContext,
} from "@redoubt/kube";
import { containerAppArmor, podSeccomp, profileField } from "./pod-profiles.ts";
import type { IdRange, PodSecurityPolicy } from "./pod-security-policy.ts";

/** One default that a policy filled into a pod, and the policy's field that it comes from. */
export interface Mutation {
  /** `requiredDropCapabilities`, `seccomp.security.alpha.kubernetes.io/defaultProfileName`. */
  readonly field: string;
  /** Inside the pod spec. */
  readonly path: Path;
  readonly value: JsonValue;
}

export interface MutatedPod {
  readonly spec: PodSpec;
  readonly mutations: readonly Mutation[];
}

type AnyContainer = Container | EphemeralContainer;

export const SECCOMP_DEFAULT = "seccomp.security.alpha.kubernetes.io/defaultProfileName";
export const APP_ARMOR_DEFAULT = "apparmor.security.beta.kubernetes.io/defaultProfileName";

/**
 * The pod as the policy's admission plugin left it before validating: defaults for what the pod did not say. Seccomp and
 * AppArmor defaults, which the plugin wrote as annotations, are written as the fields that mean the same.
 *
 * Source: pkg/security/podsecuritypolicy of Kubernetes 1.24, `MutatePod`.
 */
export function mutatePod(policy: PodSecurityPolicy, metadata: ObjectMeta, spec: PodSpec): MutatedPod {
  const mutations: Mutation[] = [];
  const podDefaults = defaultsOfPod(policy, metadata, spec);
  for (const { field, path, value } of podDefaults)
    mutations.push({ field, path: ["securityContext", ...path], value });

  const runtimeClassName = spec.runtimeClassName ?? policy.runtimeClass?.defaultName;
  if (runtimeClassName !== undefined && spec.runtimeClassName === undefined) {
    mutations.push({ field: "runtimeClass", path: ["runtimeClassName"], value: runtimeClassName });
  }
  const mutated = <C extends AnyContainer>(list: string, containers: readonly C[]): C[] =>
    containers.map((container, index) => {
      const defaults = defaultsOfContainer(policy, metadata, spec, container);
      if (defaults.length === 0) return container;
      for (const { field, path, value } of defaults) {
        mutations.push({ field, path: [list, index, "securityContext", ...path], value });
      }
      return { ...container, securityContext: merged(container.securityContext ?? {}, defaults) };
    });
  const { initContainers, containers, ephemeralContainers } = spec;
  return {
    spec: {
      ...spec,
      ...(podDefaults.length === 0 ? {} : { securityContext: merged(spec.securityContext ?? {}, podDefaults) }),
      ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
      ...(initContainers === undefined ? {} : { initContainers: mutated("initContainers", initContainers) }),
      ...(containers === undefined ? {} : { containers: mutated("containers", containers) }),
      ...(ephemeralContainers === undefined
        ? {}
        : { ephemeralContainers: mutated("ephemeralContainers", ephemeralContainers) }),
    },
    mutations,
  };
}

/** One default: as a path and value for edits, and as the fields to lay over a security context. */
interface Default<Context> {
  readonly field: string;
  readonly path: readonly string[];
  readonly value: JsonValue;
  readonly fields: Context;
}

function merged<Context extends object>(context: Context, defaults: readonly Default<Context>[]): Context {
  return Object.assign({}, context, ...defaults.map(({ fields }) => fields));
}

function defaultsOfPod(
  { supplementalGroups, fsGroup, seLinux, seccomp }: PodSecurityPolicy,
  metadata: ObjectMeta,
  spec: PodSpec,
): Default<PodSecurityContext>[] {
  const own = spec.securityContext ?? {};
  const defaults: Default<PodSecurityContext>[] = [];
  if (own.supplementalGroups === undefined && supplementalGroups.rule === "MustRunAs") {
    const value = [firstOf(supplementalGroups.ranges)];
    const fields = { supplementalGroups: value };
    defaults.push({ field: "supplementalGroups", path: ["supplementalGroups"], value, fields });
  }
  if (own.fsGroup === undefined && fsGroup.rule === "MustRunAs") {
    const value = firstOf(fsGroup.ranges);
    defaults.push({ field: "fsGroup", path: ["fsGroup"], value, fields: { fsGroup: value } });
  }
  if (own.seLinuxOptions === undefined && seLinux.rule === "MustRunAs") {
    const value = setOptions(seLinux.options);
    defaults.push({ field: "seLinux", path: ["seLinuxOptions"], value, fields: { seLinuxOptions: value } });
  }
  const profile = profileField(seccomp.defaultProfile ?? "");
  if (profile !== undefined && podSeccomp(metadata, spec) === "" && own.seccompProfile === undefined) {
    const fields = { seccompProfile: profile };
    defaults.push({ field: SECCOMP_DEFAULT, path: ["seccompProfile"], value: { ...profile }, fields });
  }
  return defaults;
}

function defaultsOfContainer(
  policy: PodSecurityPolicy,
  metadata: ObjectMeta,
  spec: PodSpec,
  container: AnyContainer,
): Default<SecurityContext>[] {
  const own = container.securityContext ?? {};
  const pod = spec.securityContext ?? {};
  const { runAsUser, runAsGroup, appArmor } = policy;
  const userIsSet = (own.runAsUser ?? pod.runAsUser) !== undefined;
  const defaults: Default<SecurityContext>[] = [];

  if (runAsUser.rule === "MustRunAs" && !userIsSet) {
    const value = firstOf(runAsUser.ranges);
    defaults.push({ field: "runAsUser", path: ["runAsUser"], value, fields: { runAsUser: value } });
  }
  if (runAsGroup.rule === "MustRunAs" && (own.runAsGroup ?? pod.runAsGroup) === undefined) {
    const value = firstOf(runAsGroup.ranges);
    defaults.push({ field: "runAsGroup", path: ["runAsGroup"], value, fields: { runAsGroup: value } });
  }
  const profile = profileField(appArmor.defaultProfile ?? "");
  if (profile !== undefined && containerAppArmor(metadata, spec, container) === "") {
    const fields = { appArmorProfile: profile };
    defaults.push({ field: APP_ARMOR_DEFAULT, path: ["appArmorProfile"], value: { ...profile }, fields });
  }
  const nonRootIsOpen = !userIsSet && (own.runAsNonRoot ?? pod.runAsNonRoot) === undefined;
  if (runAsUser.rule === "MustRunAsNonRoot" && nonRootIsOpen) {
    defaults.push({ field: "runAsUser", path: ["runAsNonRoot"], value: true, fields: { runAsNonRoot: true } });
  }
  defaults.push(...capabilityDefaults(policy, own.capabilities ?? {}));
  if (policy.readOnlyRootFilesystem && own.readOnlyRootFilesystem === undefined) {
    const fields = { readOnlyRootFilesystem: true };
    defaults.push({ field: "readOnlyRootFilesystem", path: ["readOnlyRootFilesystem"], value: true, fields });
  }
  const [field, value] =
    policy.defaultAllowPrivilegeEscalation === undefined
      ? (["allowPrivilegeEscalation", policy.allowPrivilegeEscalation ? undefined : false] as const)
      : (["defaultAllowPrivilegeEscalation", policy.defaultAllowPrivilegeEscalation] as const);
  if (own.allowPrivilegeEscalation === undefined && value !== undefined) {
    defaults.push({ field, path: ["allowPrivilegeEscalation"], value, fields: { allowPrivilegeEscalation: value } });
  }
  return defaults;
}

function capabilityDefaults(policy: PodSecurityPolicy, own: Capabilities): Default<SecurityContext>[] {
  const { add = [], drop = [] } = own;
  const added = policy.defaultAddCapabilities.filter((name) => !drop.includes(name) && !add.includes(name));
  const dropped = policy.requiredDropCapabilities.filter((name) => !drop.includes(name));
  const defaults: Default<SecurityContext>[] = [];
  let capabilities = own;
  if (added.length > 0) {
    const value = [...new Set([...add, ...added])].sort();
    capabilities = { ...capabilities, add: value };
    defaults.push({ field: "defaultAddCapabilities", path: ["capabilities", "add"], value, fields: { capabilities } });
  }
  if (dropped.length > 0) {
    const value = [...new Set([...drop, ...dropped])].sort();
    capabilities = { ...capabilities, drop: value };
    defaults.push({
      field: "requiredDropCapabilities",
      path: ["capabilities", "drop"],
      value,
      fields: { capabilities },
    });
  }
  return defaults;
}

function firstOf(ranges: readonly IdRange[]): number {
  return ranges[0]?.min ?? 0;
}

/** The options that are set; empty ones mean nothing. */
export function setOptions({ level = "", role = "", type = "", user = "" }: SELinuxOptions): Record<string, string> {
  return Object.fromEntries(Object.entries({ level, role, type, user }).filter(([, value]) => value !== ""));
}
