import type { Check, PodCheck } from "../check.ts";
import { setters } from "../message-text.ts";
import { containersWhere, hasUserNamespace } from "../pod-containers.ts";

const everywhere: PodCheck = (_metadata, spec) => {
  const podIsRoot = spec.securityContext?.runAsUser === 0;
  const bad = containersWhere(spec, ({ runAsUser }) => runAsUser === 0);
  if (!podIsRoot && bad.length === 0) return undefined;
  return { reason: "runAsUser=0", detail: `${setters(podIsRoot, bad)} must not set runAsUser=0` };
};

/** Nothing asks for user 0. */
export const runAsUser: Check = {
  id: "runAsUser",
  level: "restricted",
  revisions: [
    { since: 23, check: everywhere },
    { since: 35, check: (metadata, spec) => (hasUserNamespace(spec) ? undefined : everywhere(metadata, spec)) },
  ],
};
