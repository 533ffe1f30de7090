/** Ways out of a workload's containers to its node, each with the field that opens it. */
import { type Path, type Workload, effectiveServiceAccountName } from "@redoubt/kube";
import { classifyHostPath, cleanPath, mountAccess } from "@redoubt/pod-security";
import { type AccessIndex, authorize, serviceAccountIdentity } from "@redoubt/rbac";
import type { WorkloadChange } from "./attack-graph.ts";
import type { EdgeKind } from "./edge-kinds.ts";

export interface ContainerEscape {
  readonly kind: EdgeKind;
  /** Root on the node, or only its files. */
  readonly reaches: "root" | "files";
  readonly path: Path;
  readonly says: string;
  readonly change: WorkloadChange;
  /** A user namespace of its own makes the container's root nobody on the node. */
  readonly needsHostUser: boolean;
}

export function escapesOf(workload: Workload, index: AccessIndex): readonly ContainerEscape[] {
  return [...containerEscapes(workload), ...volumeEscapes(workload, index)];
}

function containerEscapes(workload: Workload): readonly ContainerEscape[] {
  const escapes: ContainerEscape[] = [];
  for (const { container, path, name } of workload.containers) {
    const security = [...path, "securityContext"];
    const { privileged, capabilities } = container.securityContext ?? {};
    if (privileged === true) {
      const field = [...security, "privileged"];
      escapes.push({
        kind: "privileged-container",
        reaches: "root",
        path: field,
        says: `container ${name} is privileged: it mounts the node's disk`,
        change: { kind: "clear-field", path: field },
        needsHostUser: false,
      });
    }
    const added = (capabilities?.add ?? []).map((capability) => capability.replace(/^CAP_/, ""));
    const has = (capability: string): string | undefined => added.find((each) => each === capability || each === "ALL");
    const list = [...security, "capabilities", "add"];
    const byCapability = (kind: EdgeKind, capability: string, reaches: "root" | "files", says: string): void => {
      const written = has(capability);
      if (written === undefined) return;
      const change = { kind: "drop-capability", path: list, capability: written } as const;
      escapes.push({ kind, reaches, path: list, says: `container ${name} ${says}`, change, needsHostUser: true });
    };
    if (workload.podSpec.hostPID === true) {
      const written = has("SYS_PTRACE");
      const field = [...workload.podSpecPath, "hostPID"];
      if (written !== undefined)
        escapes.push({
          kind: "host-pid",
          reaches: "root",
          path: field,
          says: `container ${name} sees the node's processes and may trace them`,
          change: { kind: "clear-field", path: field },
          needsHostUser: true,
        });
    }
    byCapability("kernel-module", "SYS_MODULE", "root", "may load kernel modules");
    byCapability("cgroup-release-agent", "SYS_ADMIN", "root", "may mount cgroups, whose release agent the node runs");
    byCapability("host-file-handles", "DAC_READ_SEARCH", "files", "may open files of the node by handle");
  }
  return escapes;
}

const PROC = /^\/(?:proc(?:\/sys(?:\/kernel)?)?)?$/;

function volumeEscapes(workload: Workload, index: AccessIndex): readonly ContainerEscape[] {
  return (workload.podSpec.volumes ?? []).flatMap((volume, at): readonly ContainerEscape[] => {
    const written = volume.hostPath?.path;
    if (written === undefined) return [];
    const access = mountAccess(workload, volume);
    if (access === "unmounted") return [];
    const volumePath = [...workload.podSpecPath, "volumes", at];
    const escape = (kind: EdgeKind, reaches: "root" | "files", says: string): ContainerEscape => ({
      kind,
      reaches,
      path: [...volumePath, "hostPath", "path"],
      says,
      change: { kind: "replace-volume", path: volumePath, name: volume.name ?? "" },
      needsHostUser: false,
    });
    const path = cleanPath(written);
    const { kind, gives, dangerousToRead } = classifyHostPath(written);
    if (kind === "socket") return [escape("runtime-socket", "root", `mounts ${path}: ${gives}`)];
    if (access === "writable" && path !== "/" && PROC.test(path))
      return [
        escape(
          "writable-proc",
          "root",
          `mounts ${path} writable: the node's kernel runs the core_pattern that it writes`,
        ),
      ];
    if (path === "/var/log")
      return access === "writable" && readsLogs(workload, index)
        ? [
            escape(
              "log-symlink",
              "files",
              "mounts /var/log writable and may read logs: a link there is followed on the node",
            ),
          ]
        : [];
    if (kind === "sensitive" && access === "writable")
      return [escape("host-path-write", "root", `mounts ${path} writable: ${gives}`)];
    if (dangerousToRead) return [escape("host-path-read", "files", `mounts ${path}: ${gives}`)];
    return [];
  });
}

/** Whether the workload's account may have the kubelet serve logs: its Pods' by the API server, or the node's folder by itself. */
function readsLogs({ namespace, podSpec }: Workload, index: AccessIndex): boolean {
  const identity = serviceAccountIdentity(namespace, effectiveServiceAccountName(podSpec));
  const may = (resource: string, of: string): boolean =>
    authorize(index, identity, {
      kind: "resource",
      verb: "get",
      group: "",
      resource,
      subresource: "log",
      name: "",
      namespace: of,
    }).decision === "allow";
  return may("pods", namespace) || may("nodes", "");
}
