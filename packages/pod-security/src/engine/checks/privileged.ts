import type { Check, PodCheck } from "../check.ts";
import { namedContainers } from "../message-text.ts";
import { containersWhere } from "../pod-containers.ts";

const check: PodCheck = (_metadata, spec) => {
  const bad = containersWhere(spec, (context) => context.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: "privileged", detail: `${namedContainers(bad)} must not set securityContext.privileged=true` };
};

/** No container is privileged. */
export const privileged: Check = { id: "privileged", level: "baseline", revisions: [{ since: 0, check }] };
