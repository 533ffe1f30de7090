import type { PodSpec, Workload } from "@redoubt/kube";

/** `spec.os.name` is what the API server goes by: it then refuses the fields that only Linux has. */
export function declaresWindows(podSpec: PodSpec): boolean {
  return podSpec.os?.name === "windows";
}

/** Also true where only the node selector says so: Linux-only settings have no meaning there. */
export function runsOnWindows(podSpec: PodSpec): boolean {
  if (podSpec.os?.name === "windows") return true;
  const selector = podSpec.nodeSelector;
  if (selector === undefined || podSpec.os?.name === "linux") return false;
  return selectsWindows(selector);
}

/** Whether a node selector asks for Windows nodes. */
export function selectsWindows(selector: Readonly<Record<string, string>>): boolean {
  return selector["kubernetes.io/os"] === "windows" || selector["beta.kubernetes.io/os"] === "windows";
}

const POD_FIELDS = ["hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"] as const;
const POD_CONTEXT_FIELDS = [
  "appArmorProfile",
  "fsGroup",
  "fsGroupChangePolicy",
  "runAsGroup",
  "runAsUser",
  "seLinuxOptions",
  "seccompProfile",
  "supplementalGroups",
  "supplementalGroupsPolicy",
  "sysctls",
] as const;
const CONTAINER_FIELDS = [
  "allowPrivilegeEscalation",
  "appArmorProfile",
  "capabilities",
  "privileged",
  "procMount",
  "readOnlyRootFilesystem",
  "runAsGroup",
  "runAsUser",
  "seLinuxOptions",
  "seccompProfile",
] as const;

/** The first field of a pod that the API server refuses beside `os.name: windows`. */
export function firstLinuxField({ podSpec, containers }: Workload): string | undefined {
  const field =
    POD_FIELDS.find((name) => podSpec[name] !== undefined) ??
    POD_CONTEXT_FIELDS.find((name) => podSpec.securityContext?.[name] !== undefined);
  if (field !== undefined) return field;
  for (const { container } of containers) {
    const own = CONTAINER_FIELDS.find((name) => container.securityContext?.[name] !== undefined);
    if (own !== undefined) return own;
  }
  return undefined;
}
