import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, namedContainers, sortedUnique } from "../message-text.ts";
import { allContainers, hasUserNamespace } from "../pod-containers.ts";

/** Forbids every `procMount` other than Default; an absent one is Default. */
export const onlyDefaultProcMount: PodCheck = (_metadata, spec) => {
  const badContainers: string[] = [];
  const types: string[] = [];
  for (const { name, securityContext } of allContainers(spec)) {
    const procMount = securityContext?.procMount;
    if (procMount === undefined || procMount === "Default") continue;
    badContainers.push(name ?? "");
    types.push(procMount);
  }
  if (badContainers.length === 0) return undefined;
  return {
    reason: "procMount",
    detail: `${namedContainers(badContainers)} must not set securityContext.procMount to ${joinQuoted(sortedUnique(types))}`,
  };
};

/** `/proc` stays masked, except from 1.35 on in pods that have a user namespace of their own. */
export const procMount: Check = {
  id: "procMount",
  level: "baseline",
  revisions: [
    { since: 0, check: onlyDefaultProcMount },
    {
      since: 35,
      check: (metadata, spec) => (hasUserNamespace(spec) ? undefined : onlyDefaultProcMount(metadata, spec)),
    },
  ],
};
