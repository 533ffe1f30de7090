import type { Check, PodCheck } from "../check.ts";
import { namedContainers } from "../message-text.ts";
import { containersWhere, isWindowsPod } from "../pod-containers.ts";

const everywhere: PodCheck = (_metadata, spec) => {
  const bad = containersWhere(spec, ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return {
    reason: "allowPrivilegeEscalation != false",
    detail: `${namedContainers(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
};

/** Every container must set `allowPrivilegeEscalation: false`: set-user-ID programs must not gain privileges. */
export const allowPrivilegeEscalation: Check = {
  id: "allowPrivilegeEscalation",
  level: "restricted",
  revisions: [
    { since: 8, check: everywhere },
    { since: 25, check: (metadata, spec) => (isWindowsPod(spec) ? undefined : everywhere(metadata, spec)) },
  ],
};
