import type { Check, PodCheck, Revision } from "../check.ts";

/** The sysctls that became safe with each version: namespaced, and without effect on other pods of the node. */
const SAFE_SINCE: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      "kernel.shm_rmid_forced",
      "net.ipv4.ip_local_port_range",
      "net.ipv4.tcp_syncookies",
      "net.ipv4.ping_group_range",
      "net.ipv4.ip_unprivileged_port_start",
    ],
  ],
  [27, ["net.ipv4.ip_local_reserved_ports"]],
  [
    29,
    [
      "net.ipv4.tcp_keepalive_time",
      "net.ipv4.tcp_fin_timeout",
      "net.ipv4.tcp_keepalive_intvl",
      "net.ipv4.tcp_keepalive_probes",
    ],
  ],
  [32, ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]],
  [37, ["net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"]],
];

const allowing =
  (safe: ReadonlySet<string>): PodCheck =>
  (_metadata, spec) => {
    const forbidden = (spec.securityContext?.sysctls ?? [])
      .map(({ name }) => name ?? "")
      .filter((name) => !safe.has(name));
    return forbidden.length === 0 ? undefined : { reason: "forbidden sysctls", detail: forbidden.join(", ") };
  };

/** Names of the sysctls that policy version `v1.MINOR` allows. */
export function safeSysctls(minor: number): string[] {
  return SAFE_SINCE.flatMap(([since, names]) => (since <= minor ? names : []));
}

/** Pods set only safe sysctls. */
export const sysctls: Check = {
  id: "sysctls",
  level: "baseline",
  revisions: SAFE_SINCE.map(([since]): Revision => ({ since, check: allowing(new Set(safeSysctls(since))) })),
};
