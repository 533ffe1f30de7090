import type { Check, PodCheck } from "../check.ts";
import { namedContainers, setters } from "../message-text.ts";
import { containersWhere, hasUserNamespace } from "../pod-containers.ts";

const REASON = "runAsNonRoot != true";

const everywhere: PodCheck = (_metadata, spec) => {
  const pod = spec.securityContext?.runAsNonRoot;
  const bad = containersWhere(spec, ({ runAsNonRoot }) => runAsNonRoot === false);
  if (pod === false || bad.length > 0) {
    return { reason: REASON, detail: `${setters(pod === false, bad)} must not set securityContext.runAsNonRoot=false` };
  }
  const unset = pod === true ? [] : containersWhere(spec, ({ runAsNonRoot }) => runAsNonRoot === undefined);
  if (unset.length === 0) return undefined;
  return { reason: REASON, detail: `pod or ${namedContainers(unset)} must set securityContext.runAsNonRoot=true` };
};

/** Every container runs as a user other than root, said on the pod or on the container. */
export const runAsNonRoot: Check = {
  id: "runAsNonRoot",
  level: "restricted",
  revisions: [
    { since: 0, check: everywhere },
    { since: 35, check: (metadata, spec) => (hasUserNamespace(spec) ? undefined : everywhere(metadata, spec)) },
  ],
};
