import {
  type Container,
  type EphemeralContainer,
  type JsonValue,
  type ObjectMeta,
  type Path,
  type PodSpec,
  type SELinuxOptions,
  type Volume,
  jsonText,
  toFieldPath,
} from "@redoubt/kube";
import { VOLUME_SOURCES } from "../engine/checks/restricted-volumes.ts";
import { safeSysctls } from "../engine/checks/sysctls.ts";
import { quote } from "../engine/message-text.ts";
import { containerAppArmor, containerSeccomp, podSeccomp } from "./pod-profiles.ts";
import { type IdStrategy, type PodSecurityPolicy, isInRanges, matchesSysctl } from "./pod-security-policy.ts";

/** Why a policy refuses a pod, in the words of its admission plugin. */
export interface PolicyViolation {
  /** The policy's field that refuses it. */
  readonly field: string;
  /** In the pod, from `spec` or `metadata` on. */
  readonly path: Path;
  readonly message: string;
}

type AnyContainer = Container | EphemeralContainer;
const LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/** PSP's own names of volume types, where they differ from the field's. */
const TYPE_NAMES: ReadonlyMap<string, string> = new Map([["cephfs", "cephFS"]]);

/** The volume's type by the name that a policy uses; undefined when its source is unknown. */
export function volumeType(volume: Volume): string | undefined {
  const source = VOLUME_SOURCES.find((candidate) => volume[candidate] !== undefined);
  return source === undefined ? undefined : (TYPE_NAMES.get(source) ?? source);
}

/**
 * Whether a pod, as `mutatePod` left it, is one that the policy admits.
 *
 * Source: pkg/security/podsecuritypolicy of Kubernetes 1.24, `ValidatePod`.
 */
export function validatePod(policy: PodSecurityPolicy, metadata: ObjectMeta, spec: PodSpec): PolicyViolation[] {
  const validation = new Validation(policy, metadata, spec);
  validation.pod();
  for (const list of LISTS) {
    for (const [index, container] of (spec[list] ?? []).entries())
      validation.container(container, ["spec", list, index]);
  }
  return validation.violations;
}

class Validation {
  readonly violations: PolicyViolation[] = [];
  readonly #policy: PodSecurityPolicy;
  readonly #metadata: ObjectMeta;
  readonly #spec: PodSpec;

  constructor(policy: PodSecurityPolicy, metadata: ObjectMeta, spec: PodSpec) {
    this.#policy = policy;
    this.#metadata = metadata;
    this.#spec = spec;
  }

  pod(): void {
    const policy = this.#policy;
    const spec = this.#spec;
    const own = spec.securityContext ?? {};
    const at = ["spec", "securityContext"];
    this.#groups("fsGroup", [...at, "fsGroup"], policy.fsGroup, own.fsGroup === undefined ? [] : [own.fsGroup]);
    this.#groups(
      "supplementalGroups",
      [...at, "supplementalGroups"],
      policy.supplementalGroups,
      own.supplementalGroups ?? [],
    );
    this.#seccomp(podSeccomp(this.#metadata, spec), [...at, "seccompProfile"]);
    this.#seLinux([...at, "seLinuxOptions"], own.seLinuxOptions);
    for (const [field, name] of [
      ["hostNetwork", "network"],
      ["hostPID", "PID"],
      ["hostIPC", "IPC"],
    ] as const) {
      if (!policy[field] && spec[field] === true) {
        this.#invalid(field, ["spec", field], true, `Host ${name} is not allowed to be used`);
      }
    }
    for (const [index, { name = "" }] of (own.sysctls ?? []).entries()) {
      const path = [...at, "sysctls", index];
      if (matchesSysctl(name, policy.forbiddenSysctls)) {
        this.#forbidden("forbiddenSysctls", path, `sysctl ${quote(name)} is not allowed`);
      } else if (!safeSysctls(0).includes(name) && !matchesSysctl(name, policy.allowedUnsafeSysctls)) {
        this.#forbidden("allowedUnsafeSysctls", path, `unsafe sysctl ${quote(name)} is not allowed`);
      }
    }
    for (const [index, volume] of (spec.volumes ?? []).entries()) this.#volume(volume, ["spec", "volumes", index]);
    const runtimeClass = spec.runtimeClassName;
    const allowed = policy.runtimeClass?.allowed;
    if (
      runtimeClass !== undefined &&
      allowed !== undefined &&
      !allowed.includes("*") &&
      !allowed.includes(runtimeClass)
    ) {
      this.#invalid("runtimeClass", ["spec", "runtimeClassName"], runtimeClass, "");
    }
  }

  container(container: AnyContainer, path: Path): void {
    const policy = this.#policy;
    const own = container.securityContext ?? {};
    const pod = this.#spec.securityContext ?? {};
    const at: Path = [...path, "securityContext"];
    this.#user(at, own.runAsNonRoot ?? pod.runAsNonRoot, own.runAsUser ?? pod.runAsUser);
    const group = own.runAsGroup ?? pod.runAsGroup;
    this.#groups("runAsGroup", at, policy.runAsGroup, group === undefined ? [] : [group]);
    this.#seLinux([...at, "seLinuxOptions"], own.seLinuxOptions ?? pod.seLinuxOptions);
    this.#appArmor(containerAppArmor(this.#metadata, this.#spec, container), [...at, "appArmorProfile"]);
    this.#seccomp(containerSeccomp(this.#metadata, this.#spec, container), [...at, "seccompProfile"]);
    if (!policy.privileged && own.privileged === true) {
      this.#invalid("privileged", [...at, "privileged"], true, "Privileged containers are not allowed");
    }
    const procMount = own.procMount ?? "Default";
    const procMounts = policy.allowedProcMountTypes.length === 0 ? ["Default"] : policy.allowedProcMountTypes;
    if (!procMounts.includes(procMount)) {
      this.#invalid("allowedProcMountTypes", [...at, "procMount"], procMount, "ProcMountType is not allowed");
    }
    this.#capabilities(own.capabilities, [...at, "capabilities"]);
    for (const { hostPort = 0 } of container.ports ?? []) {
      if (hostPort === 0 || isInRanges(hostPort, policy.hostPorts)) continue;
      const ranges = policy.hostPorts.map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`)).join(",");
      const detail = `Host port ${hostPort} is not allowed to be used. Allowed ports: [${ranges}]`;
      this.#invalid("hostPorts", [...path, "hostPort"], hostPort, detail);
    }
    if (policy.readOnlyRootFilesystem && own.readOnlyRootFilesystem !== true) {
      const value = own.readOnlyRootFilesystem ?? null;
      const detail =
        value === null
          ? "ReadOnlyRootFilesystem may not be nil and must be set to true"
          : "ReadOnlyRootFilesystem must be set to true";
      this.#invalid("readOnlyRootFilesystem", [...at, "readOnlyRootFilesystem"], value, detail);
    }
    if (!policy.allowPrivilegeEscalation && own.allowPrivilegeEscalation !== false) {
      const value = own.allowPrivilegeEscalation ?? null;
      const detail = "Allowing privilege escalation for containers is not allowed";
      this.#invalid("allowPrivilegeEscalation", [...at, "allowPrivilegeEscalation"], value, detail);
    }
  }

  #user(at: Path, nonRoot: boolean | undefined, user: number | undefined): void {
    const { rule, ranges } = this.#policy.runAsUser;
    if (rule === "RunAsAny") return;
    if (rule === "MustRunAs") {
      if (user === undefined) this.#required("runAsUser", [...at, "runAsUser"], "");
      else if (!isInRanges(user, ranges)) {
        this.#invalid("runAsUser", [...at, "runAsUser"], user, `must be in the ranges: ${rangesText(ranges)}`);
      }
    } else if (nonRoot === undefined && user === undefined) {
      this.#required("runAsUser", [...at, "runAsNonRoot"], "must be true");
    } else if (nonRoot === false) {
      this.#invalid("runAsUser", [...at, "runAsNonRoot"], false, "must be true");
    } else if (user === 0) {
      this.#invalid("runAsUser", [...at, "runAsUser"], 0, "running with the root UID is forbidden");
    }
  }

  #groups(field: string, path: Path, { rule, ranges }: IdStrategy, groups: readonly number[]): void {
    if (rule === "RunAsAny") return;
    if (rule === "MustRunAs" && groups.length === 0) {
      this.#invalid(field, path, null, "unable to validate empty groups against required ranges");
    }
    for (const group of groups) {
      if (isInRanges(group, ranges)) continue;
      this.#invalid(field, path, [...groups], `group ${group} must be in the ranges: ${rangesText(ranges)}`);
    }
  }

  #seLinux(path: Path, given: SELinuxOptions | undefined): void {
    const { seLinux } = this.#policy;
    if (seLinux.rule === "RunAsAny") return;
    if (given === undefined) {
      this.#required("seLinux", path, "");
      return;
    }
    for (const name of ["level", "role", "type", "user"] as const) {
      const wanted = seLinux.options[name] ?? "";
      const value = given[name] ?? "";
      if (name === "level" ? sameLevel(wanted, value) : wanted === value) continue;
      this.#invalid("seLinux", [...path, name], value, `must be ${wanted}`);
    }
  }

  #seccomp(profile: string, path: Path): void {
    const { allowedProfiles } = this.#policy.seccomp;
    const allowed = allowedProfiles?.flatMap((name) =>
      name === "docker/default" || name === "runtime/default" ? ["docker/default", "runtime/default"] : [name],
    );
    if (allowed?.includes("*") === true || allowed?.includes(profile) === true) return;
    if (allowed === undefined) {
      if (profile !== "") this.#forbidden("seccomp", path, "seccomp may not be set");
      return;
    }
    const values = (allowedProfiles ?? []).join(",");
    this.#forbidden("seccomp", path, `${profile} is not an allowed seccomp profile. Valid values are ${values}`);
  }

  #appArmor(profile: string, path: Path): void {
    const { allowedProfiles } = this.#policy.appArmor;
    if (allowedProfiles === undefined) return;
    if (profile === "") this.#forbidden("appArmor", path, "AppArmor profile must be set");
    else if (!allowedProfiles.includes(profile)) {
      const values = quote(allowedProfiles.join(","));
      this.#forbidden("appArmor", path, `${profile} is not an allowed profile. Allowed values: ${values}`);
    }
  }

  #capabilities(
    given: { readonly add?: readonly string[]; readonly drop?: readonly string[] } | undefined,
    at: Path,
  ): void {
    const { allowedCapabilities, defaultAddCapabilities, requiredDropCapabilities } = this.#policy;
    if (given === undefined) {
      if (defaultAddCapabilities.length + requiredDropCapabilities.length === 0) return;
      const field = requiredDropCapabilities.length > 0 ? "requiredDropCapabilities" : "defaultAddCapabilities";
      this.#invalid(field, at, null, "required capabilities are not set on the securityContext");
      return;
    }
    if (allowedCapabilities.includes("*")) return;
    for (const name of given.add ?? []) {
      if (defaultAddCapabilities.includes(name) || allowedCapabilities.includes(name)) continue;
      this.#invalid("allowedCapabilities", [...at, "add"], name, "capability may not be added");
    }
    const drop = [...(given.drop ?? [])];
    for (const name of requiredDropCapabilities) {
      if (drop.includes(name)) continue;
      const detail = `${name} is required to be dropped but was not found`;
      this.#invalid("requiredDropCapabilities", [...at, "drop"], drop, detail);
    }
  }

  #volume(volume: Volume, path: Path): void {
    const policy = this.#policy;
    const type = volumeType(volume) ?? "emptyDir";
    if (!policy.volumes.includes("*") && !policy.volumes.includes(type)) {
      const isToken = type === "projected" && policy.volumes.includes("secret") && isServiceAccountToken(volume);
      if (!isToken) {
        this.#invalid("volumes", path, type, `${type} volumes are not allowed to be used`);
        return;
      }
    }
    if (type === "hostPath") this.#hostPath(volume, path);
    const flexDriver = volume.flexVolume?.driver ?? "";
    if (
      type === "flexVolume" &&
      policy.allowedFlexVolumes.length > 0 &&
      !policy.allowedFlexVolumes.includes(flexDriver)
    ) {
      const detail = "Flexvolume driver is not allowed to be used";
      this.#invalid("allowedFlexVolumes", [...path, "driver"], flexDriver, detail);
    }
    const csiDriver = volume.csi?.driver ?? "";
    if (type === "csi" && policy.allowedCSIDrivers.length > 0 && !policy.allowedCSIDrivers.includes(csiDriver)) {
      const detail = "Inline CSI driver is not allowed to be used";
      this.#invalid("allowedCSIDrivers", [...path, "csi", "driver"], csiDriver, detail);
    }
  }

  #hostPath(volume: Volume, path: Path): void {
    const { allowedHostPaths } = this.#policy;
    if (allowedHostPaths.length === 0) return;
    const hostPath = volume.hostPath?.path ?? "";
    const matching = allowedHostPaths.filter(({ pathPrefix }) => hasPathPrefix(hostPath, pathPrefix));
    if (matching.length === 0) {
      this.#invalid("allowedHostPaths", [...path, "hostPath", "pathPrefix"], hostPath, "is not allowed to be used");
      return;
    }
    if (matching.some(({ readOnly }) => !readOnly)) return;
    for (const list of LISTS) {
      for (const [index, { volumeMounts = [] }] of (this.#spec[list] ?? []).entries()) {
        for (const [mountIndex, mount] of volumeMounts.entries()) {
          if (mount.name !== volume.name || mount.readOnly === true) continue;
          const at = ["spec", list, index, "volumeMounts", mountIndex, "readOnly"];
          this.#invalid("allowedHostPaths", at, false, "must be read-only");
        }
      }
    }
  }

  #invalid(field: string, path: Path, value: JsonValue, detail: string): void {
    const shown = typeof value === "string" ? quote(value) : jsonText(value);
    this.#add(field, path, `Invalid value: ${shown}${detail === "" ? "" : `: ${detail}`}`);
  }

  #required(field: string, path: Path, detail: string): void {
    this.#add(field, path, `Required value${detail === "" ? "" : `: ${detail}`}`);
  }

  #forbidden(field: string, path: Path, detail: string): void {
    this.#add(field, path, `Forbidden: ${detail}`);
  }

  #add(field: string, path: Path, body: string): void {
    this.violations.push({ field, path, message: `${toFieldPath(path)}: ${body}` });
  }
}

function rangesText(ranges: readonly { readonly min: number; readonly max: number }[]): string {
  return `[${ranges.map(({ min, max }) => `{${min} ${max}}`).join(" ")}]`;
}

/** Equal, or of the form `s0:c1,c2` with the same sensitivity and the same categories in any order. */
function sameLevel(a: string, b: string): boolean {
  if (a === b) return true;
  const [aSensitivity, aCategories] = splitLevel(a);
  const [bSensitivity, bCategories] = splitLevel(b);
  return aSensitivity === bSensitivity && aCategories !== undefined && aCategories === bCategories;
}

function splitLevel(level: string): readonly [string, string | undefined] {
  const colon = level.indexOf(":");
  return colon < 0
    ? [level, undefined]
    : [
        level.slice(0, colon),
        level
          .slice(colon + 1)
          .split(",")
          .sort()
          .join(","),
      ];
}

/** At a segment's boundary; trailing slashes do not matter. */
export function hasPathPrefix(path: string, prefix: string): boolean {
  const whole = path.replace(/\/$/, "");
  const start = prefix.replace(/\/$/, "");
  return whole === start || whole.startsWith(`${start}/`);
}

/** The volume that the API server mounts in every pod for its token: allowed wherever secrets are. */
function isServiceAccountToken(volume: Volume): boolean {
  return (volume.projected?.sources ?? []).every(({ serviceAccountToken: token, configMap, downwardAPI }) => {
    if (token === undefined && configMap === undefined && downwardAPI === undefined) return false;
    if (token !== undefined && (token.path !== "token" || (token.audience ?? "") !== "")) return false;
    if (configMap !== undefined && configMap.name !== "kube-root-ca.crt") return false;
    return (downwardAPI?.items ?? []).every(
      ({ path, fieldRef }) =>
        path === "namespace" && fieldRef?.fieldPath === "metadata.namespace" && (fieldRef.apiVersion ?? "v1") === "v1",
    );
  });
}
