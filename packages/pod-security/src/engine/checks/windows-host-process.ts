import type { Check, PodCheck } from "../check.ts";
import { setters } from "../message-text.ts";
import { containersWhere } from "../pod-containers.ts";

const check: PodCheck = (_metadata, spec) => {
  const podIsBad = spec.securityContext?.windowsOptions?.hostProcess === true;
  const bad = containersWhere(spec, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
  if (!podIsBad && bad.length === 0) return undefined;
  return {
    reason: "hostProcess",
    detail: `${setters(podIsBad, bad)} must not set securityContext.windowsOptions.hostProcess=true`,
  };
};

/** Nothing runs as a process of a Windows node. */
export const windowsHostProcess: Check = {
  id: "windowsHostProcess",
  level: "baseline",
  revisions: [{ since: 0, check }],
};
