import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, namedContainers, sortedUnique } from "../message-text.ts";
import { allContainers } from "../pod-containers.ts";

/** What container runtimes grant by default, without NET_RAW. */
const ALLOWED: ReadonlySet<string> = new Set([
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

const check: PodCheck = (_metadata, spec) => {
  const badContainers: string[] = [];
  const forbidden: string[] = [];
  for (const { name, securityContext } of allContainers(spec)) {
    const bad = (securityContext?.capabilities?.add ?? []).filter((capability) => !ALLOWED.has(capability));
    if (bad.length === 0) continue;
    badContainers.push(name ?? "");
    forbidden.push(...bad);
  }
  if (badContainers.length === 0) return undefined;
  return {
    reason: "non-default capabilities",
    detail: `${namedContainers(badContainers)} must not include ${joinQuoted(sortedUnique(forbidden))} in securityContext.capabilities.add`,
  };
};

/** Containers add no capability beyond the runtime's default set. */
export const capabilitiesBaseline: Check = {
  id: "capabilities_baseline",
  level: "baseline",
  revisions: [{ since: 0, check }],
};
