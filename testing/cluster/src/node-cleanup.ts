import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const DEVICE_PLUGIN_SOCKET = "/var/lib/kubelet/device-plugins/kubelet.sock";
const CGROUPS = "/sys/fs/cgroup";

/** Takes away what a node leaves outside its folder: mounts, network namespace, log links, CNI results, cgroups. Safe to repeat. */
export async function cleanNode(folder: string, networkNamespace: string): Promise<void> {
  killByFolder(folder);
  removeShimSockets(folder);
  removeDevicePluginSocket();
  unmountUnder(folder);
  removeLogLinks(podLogsFolder(networkNamespace));
  rmSync(podLogsFolder(networkNamespace), { recursive: true, force: true });
  removeCniResults(networkNamespace);
  quietly("ip", ["netns", "delete", networkNamespace]);
  quietly("ip", ["link", "delete", hostInterface(networkNamespace)]);
  await removeCgroups(networkNamespace);
}

/** Where the kubelet keeps the logs of the node's pods: below /var/log, as on any node, so that what a hostPath of it gives is the same. */
export function podLogsFolder(networkNamespace: string): string {
  return `/var/log/pods-of-${networkNamespace}`;
}

/** The host's end of the veth pair into the node's network namespace; interface names have at most 15 characters. */
export function hostInterface(networkNamespace: string): string {
  return `rd${networkNamespace.slice(-8)}`;
}

/** Shims and containers are children of no process of ours any more: they are known by the folder in their command line or cgroup. */
function killByFolder(folder: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (command.includes("containerd-shim") && command.includes(folder)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}

/** Shims listen in a folder of the machine; each task's folder says where. */
function removeShimSockets(folder: string): void {
  const shims = join(folder, "containerd-state/io.containerd.runtime.v2.task/k8s.io");
  for (const id of list(shims)) {
    try {
      rmSync(readFileSync(join(shims, id, "address"), "utf8").replace("unix://", ""), { force: true });
    } catch {
      // A container beside the sandbox has no shim of its own.
    }
  }
  for (const path of ["/run/containerd/s", "/run/containerd"]) removeIfEmpty(path);
}

/** The kubelet's one path that no option moves. `startClusterWithNode` refuses to run where another kubelet uses it. */
function removeDevicePluginSocket(): void {
  rmSync(DEVICE_PLUGIN_SOCKET, { force: true });
  for (const path of ["/var/lib/kubelet/device-plugins", "/var/lib/kubelet"]) removeIfEmpty(path);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // In use by something else, or not there.
  }
}

function unmountUnder(folder: string): void {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) =>
      (line.split(" ")[4] ?? "").replaceAll(/\\(\d{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toReversed()) quietly("umount", ["--lazy", path]);
}

/** The kubelet links every container's log from /var/log/containers, whatever its own folders are. */
function removeLogLinks(podLogs: string): void {
  const links = "/var/log/containers";
  for (const name of list(links)) {
    try {
      if (readlinkSync(join(links, name)).startsWith(podLogs)) rmSync(join(links, name));
    } catch {
      // Not a link, or gone.
    }
  }
}

/**
 * libcni keeps results as NETWORK-CONTAINER-INTERFACE in one folder of the machine. Our network is named after the namespace;
 * each of its containers has a second entry under the loopback network.
 */
function removeCniResults(networkNamespace: string): void {
  const folder = "/var/lib/cni/results";
  const results = list(folder);
  const prefix = `${networkNamespace}-`;
  for (const name of results.filter((candidate) => candidate.startsWith(prefix))) {
    const container = name.slice(prefix.length, name.lastIndexOf("-"));
    for (const entry of results) if (entry.includes(`-${container}-`)) rmSync(join(folder, entry), { force: true });
  }
}

/** Kills what is left in the node's cgroups, which is how containers are found whose shim is gone, and removes them. */
async function removeCgroups(networkNamespace: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const folders = ["", ...list(CGROUPS)].flatMap((controller) =>
      deepestFirst(join(CGROUPS, controller, networkNamespace)),
    );
    if (folders.length === 0) return;
    for (const folder of folders) {
      for (const pid of tasks(folder)) quietly("kill", ["-KILL", pid]);
      // Fails while its processes have not ended: the next attempt takes it.
      removeIfEmpty(folder);
    }
    await sleep(50);
  }
}

function deepestFirst(folder: string): readonly string[] {
  try {
    const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...children.flatMap((entry) => deepestFirst(join(folder, entry.name))), folder];
  } catch {
    return [];
  }
}

function tasks(cgroup: string): readonly string[] {
  try {
    return readFileSync(join(cgroup, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function quietly(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, [...args], { stdio: "ignore" });
  } catch {
    // What is already gone needs no removal.
  }
}
