import type { Severity } from "@redoubt/control";
import type { Container, ContainerView, Edit, EphemeralContainer } from "@redoubt/kube";

/** What the baseline standard lets a container add (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
export const BASELINE_CAPABILITIES: ReadonlySet<string> = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);

/** The one capability that the restricted standard lets a container add. */
export const RESTRICTED_CAPABILITY = "NET_BIND_SERVICE";

/** What an attacker inside the container gains; from capabilities(7). */
const POWERS: ReadonlyMap<string, string> = new Map([
  ["ALL", "every capability, which is root on the node in all but name"],
  ["SYS_ADMIN", "mounting file systems and changing namespaces, the usual way out to the node"],
  ["SYS_MODULE", "loading code into the node's kernel"],
  ["SYS_PTRACE", "reading and changing the memory of other processes"],
  ["SYS_RAWIO", "raw access to the node's devices and memory ports"],
  ["SYS_BOOT", "rebooting the node"],
  ["SYS_TIME", "changing the node's clock"],
  ["SYS_CHROOT", "changing the root directory of a process"],
  ["SYS_NICE", "starving other processes of the node"],
  ["SYS_RESOURCE", "going past resource limits and quotas"],
  ["SYS_PACCT", "switching the node's process accounting"],
  ["SYS_TTY_CONFIG", "reconfiguring the node's terminals"],
  ["SYSLOG", "reading kernel addresses and messages of the node"],
  ["DAC_READ_SEARCH", "opening any file of the node by its handle"],
  ["DAC_OVERRIDE", "ignoring file permissions inside the container"],
  ["MAC_ADMIN", "changing the node's mandatory access control policy"],
  ["MAC_OVERRIDE", "ignoring the node's mandatory access control policy"],
  ["NET_ADMIN", "changing routes, addresses and firewall rules"],
  ["NET_RAW", "forging packets and spoofing other pods (ARP, DNS)"],
  ["NET_BROADCAST", "broadcasting and listening to multicast"],
  ["BPF", "loading BPF programs that observe the whole node"],
  ["PERFMON", "observing the whole node through perf events"],
  ["AUDIT_CONTROL", "switching the node's audit log off"],
  ["AUDIT_READ", "reading the node's audit log"],
  ["AUDIT_WRITE", "writing records to the node's audit log"],
  ["BLOCK_SUSPEND", "keeping the node awake"],
  ["CHECKPOINT_RESTORE", "restoring processes with chosen ids"],
  ["IPC_LOCK", "locking memory without limit"],
  ["IPC_OWNER", "ignoring permissions of shared memory"],
  ["LEASE", "placing leases on any file"],
  ["LINUX_IMMUTABLE", "making files immutable"],
  ["WAKE_ALARM", "waking the node"],
  ["CHOWN", "taking any file over"],
  ["FOWNER", "changing the permissions of any file"],
  ["FSETID", "keeping set-user-id bits on changed files"],
  ["KILL", "signalling any process of the pod"],
  ["MKNOD", "creating device files"],
  ["SETFCAP", "giving capabilities to programs"],
  ["SETGID", "becoming any group"],
  ["SETPCAP", "moving capabilities between processes"],
  ["SETUID", "becoming any user"],
]);

/** Capabilities with which a container is as good as root on its node. */
const ESCAPES: ReadonlySet<string> = new Set([
  "ALL",
  "SYS_ADMIN",
  "SYS_MODULE",
  "SYS_RAWIO",
  "DAC_READ_SEARCH",
  "MAC_ADMIN",
  "BPF",
]);

/** Capabilities that cost others performance or guarantees, and lead nowhere by themselves. */
const MILD: ReadonlySet<string> = new Set([
  "BLOCK_SUSPEND",
  "IPC_LOCK",
  "LEASE",
  "LINUX_IMMUTABLE",
  "NET_BROADCAST",
  "SYS_NICE",
  "WAKE_ALARM",
]);

/** The kernel's name: runtimes accept lower case and a CAP_ prefix, which the standards compare as written. */
export function capabilityName(written: string): string {
  const upper = written.toUpperCase();
  return upper.startsWith("CAP_") ? upper.slice(4) : upper;
}

/** A phrase that completes "which allows". */
export function capabilityPower(written: string): string {
  return POWERS.get(capabilityName(written)) ?? "more of the node's kernel than the runtime's default set";
}

/** How bad it is to add a capability that the baseline standard forbids, by what an attacker gains. */
export function capabilitySeverity(written: string): Severity {
  const name = capabilityName(written);
  return ESCAPES.has(name) ? "critical" : MILD.has(name) ? "medium" : "high";
}

/** Whether the container gets this capability added, in whatever spelling. */
export function adds(container: Container | EphemeralContainer, capability: string): boolean {
  const added = container.securityContext?.capabilities?.add;
  return added !== undefined && added.some((written) => isOrAll(capabilityName(written), capability));
}

function isOrAll(name: string, capability: string): boolean {
  return name === capability || name === "ALL";
}

/**
 * Leaves only what the restricted standard allows of the added capabilities. Every control about added capabilities makes this same
 * edit, so that their fixes agree with one another.
 */
export function keepRestrictedCapabilities(view: ContainerView): Edit[] {
  const added = view.container.securityContext?.capabilities?.add;
  if (added === undefined) return [];
  const path = [...view.path, "securityContext", "capabilities", "add"];
  const kept = added.filter((written) => capabilityName(written) === RESTRICTED_CAPABILITY);
  return kept.length === 0
    ? [{ op: "remove", path, prune: true }]
    : [{ op: "set", path, value: [RESTRICTED_CAPABILITY] }];
}
