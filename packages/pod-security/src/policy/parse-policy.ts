import {
  type Diagnostic,
  type JsonValue,
  type KubeObject,
  type Path,
  isJsonObject,
  toFieldPath,
  valueAt,
} from "@redoubt/kube";
import type { IdRange, IdStrategy, PodSecurityPolicy, ProfileRule } from "./pod-security-policy.ts";

/** The groups that PodSecurityPolicy was served in. */
const GROUPS: ReadonlySet<string> = new Set(["policy", "extensions"]);

export interface ParsedPolicy {
  readonly object: KubeObject<object>;
  /** Undefined when something in it cannot mean what its author wanted: the API server refused such a policy. */
  readonly policy: PodSecurityPolicy | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function isPodSecurityPolicy(object: KubeObject<object>): boolean {
  return object.kind === "PodSecurityPolicy" && GROUPS.has(object.group);
}

/**
 * Reads a PodSecurityPolicy whose shape nobody has checked. Diagnostics: `PSP_FIELD_TYPE` (a value of the wrong type),
 * `PSP_FIELD_VALUE` (a value that the API server refused), both errors; `PSP_UNKNOWN_FIELD` and `PSP_MISSING_RULE`,
 * warnings: an unknown field means nothing, a missing rule is read as RunAsAny.
 */
export function parsePodSecurityPolicy(object: KubeObject<object>): ParsedPolicy {
  const reader = new PolicyReader(object);
  const policy = reader.policy();
  const failed = reader.diagnostics.some(({ severity }) => severity === "error");
  return { object, policy: failed ? undefined : policy, diagnostics: reader.diagnostics };
}

const FIELDS: readonly string[] = [
  "privileged",
  "defaultAddCapabilities",
  "requiredDropCapabilities",
  "allowedCapabilities",
  "volumes",
  "hostNetwork",
  "hostPorts",
  "hostPID",
  "hostIPC",
  "seLinux",
  "runAsUser",
  "runAsGroup",
  "supplementalGroups",
  "fsGroup",
  "readOnlyRootFilesystem",
  "defaultAllowPrivilegeEscalation",
  "allowPrivilegeEscalation",
  "allowedHostPaths",
  "allowedFlexVolumes",
  "allowedCSIDrivers",
  "allowedUnsafeSysctls",
  "forbiddenSysctls",
  "allowedProcMountTypes",
  "runtimeClass",
];

class PolicyReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #object: KubeObject<object>;
  readonly #spec: JsonValue;

  constructor(object: KubeObject<object>) {
    this.#object = object;
    const root: unknown = object.value;
    this.#spec = (isJsonObject(root) ? valueAt(root, ["spec"]) : undefined) ?? {};
  }

  policy(): PodSecurityPolicy {
    if (!isJsonObject(this.#spec)) this.#wrongType([], "an object");
    else for (const field of Object.keys(this.#spec)) if (!FIELDS.includes(field)) this.#unknownField(field);
    const defaultAllow = this.#flag(["defaultAllowPrivilegeEscalation"]);
    const runtimeClass = this.#runtimeClass();
    const policy: PodSecurityPolicy = {
      name: this.#object.name,
      privileged: this.#flag(["privileged"]) ?? false,
      hostNetwork: this.#flag(["hostNetwork"]) ?? false,
      hostPID: this.#flag(["hostPID"]) ?? false,
      hostIPC: this.#flag(["hostIPC"]) ?? false,
      hostPorts: this.#ranges(["hostPorts"]),
      volumes: this.#strings(["volumes"]),
      allowedHostPaths: this.#items(["allowedHostPaths"]).map((path) => ({
        pathPrefix: this.#requiredText([...path, "pathPrefix"]),
        readOnly: this.#flag([...path, "readOnly"]) ?? false,
      })),
      allowedFlexVolumes: this.#items(["allowedFlexVolumes"]).map((path) => this.#requiredText([...path, "driver"])),
      allowedCSIDrivers: this.#items(["allowedCSIDrivers"]).map((path) => this.#requiredText([...path, "name"])),
      allowedCapabilities: this.#strings(["allowedCapabilities"]),
      defaultAddCapabilities: this.#strings(["defaultAddCapabilities"]),
      requiredDropCapabilities: this.#strings(["requiredDropCapabilities"]),
      seLinux: this.#seLinux(),
      runAsUser: this.#strategy("runAsUser", ["RunAsAny", "MustRunAs", "MustRunAsNonRoot"], ["MustRunAs"]),
      runAsGroup: this.#get(["runAsGroup"]) === undefined ? ANY : this.#groups("runAsGroup"),
      supplementalGroups: this.#groups("supplementalGroups"),
      fsGroup: this.#groups("fsGroup"),
      readOnlyRootFilesystem: this.#flag(["readOnlyRootFilesystem"]) ?? false,
      allowPrivilegeEscalation: this.#flag(["allowPrivilegeEscalation"]) ?? true,
      ...(defaultAllow === undefined ? {} : { defaultAllowPrivilegeEscalation: defaultAllow }),
      allowedProcMountTypes: this.#strings(["allowedProcMountTypes"]),
      allowedUnsafeSysctls: this.#strings(["allowedUnsafeSysctls"]),
      forbiddenSysctls: this.#strings(["forbiddenSysctls"]),
      ...(runtimeClass === undefined ? {} : { runtimeClass }),
      seccomp: this.#profiles("seccomp.security.alpha.kubernetes.io"),
      appArmor: this.#profiles("apparmor.security.beta.kubernetes.io"),
    };
    this.#crossChecks(policy);
    return policy;
  }

  /** What the API server refused although each field is well-formed. */
  #crossChecks(policy: PodSecurityPolicy): void {
    if (policy.allowedCapabilities.includes("*") && policy.requiredDropCapabilities.length > 0) {
      this.#refused(["requiredDropCapabilities"], "must be empty when allowedCapabilities holds *");
    }
    for (const field of ["defaultAddCapabilities", "allowedCapabilities"] as const) {
      const both = policy[field].find((capability) => policy.requiredDropCapabilities.includes(capability));
      if (both !== undefined) this.#refused([field], `${both} is in requiredDropCapabilities too`);
    }
    if (policy.defaultAllowPrivilegeEscalation === true && !policy.allowPrivilegeEscalation) {
      this.#refused(["defaultAllowPrivilegeEscalation"], "cannot be true while allowPrivilegeEscalation is false");
    }
  }

  #seLinux(): PodSecurityPolicy["seLinux"] {
    if (this.#rule("seLinux", ["RunAsAny", "MustRunAs"]) === "RunAsAny") return { rule: "RunAsAny" };
    const path = ["seLinux", "seLinuxOptions"];
    if (this.#get(path) === undefined) this.#refused(path, "is required by MustRunAs");
    const [level, role, type, user] = ["level", "role", "type", "user"].map(
      (name) => this.#text([...path, name]) ?? "",
    );
    return { rule: "MustRunAs", options: { level: level ?? "", role: role ?? "", type: type ?? "", user: user ?? "" } };
  }

  #runtimeClass(): PodSecurityPolicy["runtimeClass"] {
    if (this.#get(["runtimeClass"]) === undefined) return undefined;
    const defaultName = this.#text(["runtimeClass", "defaultRuntimeClassName"]);
    return {
      allowed: this.#strings(["runtimeClass", "allowedRuntimeClassNames"]),
      ...(defaultName === undefined ? {} : { defaultName }),
    };
  }

  #profiles(prefix: string): ProfileRule {
    const { annotations } = this.#object;
    const read = (name: string): string | undefined =>
      Object.hasOwn(annotations, `${prefix}/${name}`) ? annotations[`${prefix}/${name}`] : undefined;
    const defaultProfile = read("defaultProfileName");
    const allowed = read("allowedProfileNames");
    return {
      ...(defaultProfile === undefined || defaultProfile === "" ? {} : { defaultProfile }),
      ...(allowed === undefined ? {} : { allowedProfiles: allowed.split(",") }),
    };
  }

  #groups(field: string): IdStrategy {
    return this.#strategy(field, ["RunAsAny", "MustRunAs", "MayRunAs"], ["MustRunAs", "MayRunAs"]);
  }

  #strategy<R extends string>(
    field: string,
    rules: readonly [R, ...R[]],
    needRanges: readonly R[],
  ): { readonly rule: R; readonly ranges: readonly IdRange[] } {
    const rule = this.#rule(field, rules);
    const path = [field, "ranges"];
    const ranges = this.#ranges(path);
    const needed = needRanges.includes(rule);
    if (needed && ranges.length === 0) this.#refused(path, `${rule} needs at least one range`);
    return { rule, ranges: needed ? ranges : [] };
  }

  #rule<R extends string>(field: string, rules: readonly [R, ...R[]]): R {
    const path = [field, "rule"];
    const text = this.#text(path) ?? "";
    if (text === "") {
      this.#warn("PSP_MISSING_RULE", path, "is missing: the API server requires it; read as RunAsAny");
      return rules[0];
    }
    const rule = rules.find((candidate) => candidate === text);
    if (rule === undefined) this.#refused(path, `${JSON.stringify(text)} is not one of ${rules.join(", ")}`);
    return rule ?? rules[0];
  }

  #ranges(path: Path): IdRange[] {
    return this.#items(path).map((item) => {
      const min = this.#number([...item, "min"]) ?? 0;
      const max = this.#number([...item, "max"]) ?? 0;
      if (max < min) this.#refused(item, `min ${min} is greater than max ${max}`);
      return { min, max };
    });
  }

  #requiredText(path: Path): string {
    const text = this.#text(path) ?? "";
    if (text === "") this.#refused(path, "is required");
    return text;
  }

  #items(path: Path): Path[] {
    const list = this.#get(path);
    if (list === undefined) return [];
    if (Array.isArray(list)) return list.map((_, index) => [...path, index]);
    this.#wrongType(path, "a list");
    return [];
  }

  #strings(path: Path): string[] {
    return this.#items(path).flatMap((item) => this.#text(item) ?? []);
  }

  #text(path: Path): string | undefined {
    return this.#typed(path, "a string", (value) => (typeof value === "string" ? value : undefined));
  }

  #flag(path: Path): boolean | undefined {
    return this.#typed(path, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  #number(path: Path): number | undefined {
    return this.#typed(path, "a whole number", (value) => (Number.isInteger(value) ? Number(value) : undefined));
  }

  #typed<T>(path: Path, wanted: string, narrow: (value: JsonValue) => T | undefined): T | undefined {
    const value = this.#get(path);
    if (value === undefined) return undefined;
    const typed = narrow(value);
    if (typed === undefined) this.#wrongType(path, wanted);
    return typed;
  }

  /** The value at `path` in the spec; null counts as absent. */
  #get(path: Path): JsonValue | undefined {
    return valueAt(this.#spec, path) ?? undefined;
  }

  #wrongType(path: Path, wanted: string): void {
    this.#report("PSP_FIELD_TYPE", "error", path, `must be ${wanted}`);
  }

  #refused(path: Path, why: string): void {
    this.#report("PSP_FIELD_VALUE", "error", path, why);
  }

  #warn(code: string, path: Path, message: string): void {
    this.#report(code, "warning", path, message);
  }

  #unknownField(field: string): void {
    const meant = FIELDS.find((known) => known.toLowerCase() === field.toLowerCase());
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    this.#warn("PSP_UNKNOWN_FIELD", [field], `is no field of a PodSecurityPolicy and means nothing${hint}`);
  }

  #report(code: string, severity: Diagnostic["severity"], path: Path, message: string): void {
    const { origin, name } = this.#object;
    const whole: Path = ["spec", ...path];
    this.diagnostics.push({
      code,
      severity,
      message: `PodSecurityPolicy ${name}: ${toFieldPath(whole)} ${message}`,
      ...(origin.kind === "file" ? { file: origin.file, region: origin.locate(whole) } : {}),
    });
  }
}

const ANY: IdStrategy = { rule: "RunAsAny", ranges: [] };
