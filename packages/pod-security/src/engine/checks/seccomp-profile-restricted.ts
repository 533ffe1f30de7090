import type { Check, CheckId, PodCheck } from "../check.ts";
import { namedContainers } from "../message-text.ts";
import { containersWhere, isWindowsPod } from "../pod-containers.ts";
import { explicitSeccompProfiles } from "./seccomp-profile-baseline.ts";

const everywhere: PodCheck = (metadata, spec) => {
  const explicit = explicitSeccompProfiles(metadata, spec);
  if (explicit !== undefined) return explicit;
  // A profile of the pod that got this far is an allowed one.
  if (spec.securityContext?.seccompProfile !== undefined) return undefined;
  const unset = containersWhere(spec, ({ seccompProfile }) => seccompProfile === undefined);
  if (unset.length === 0) return undefined;
  return {
    reason: "seccompProfile",
    detail: `pod or ${namedContainers(unset)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
};

const overrides: readonly CheckId[] = ["seccompProfile_baseline"];

/** Seccomp is on in every container, said on the pod or on the container. */
export const seccompProfileRestricted: Check = {
  id: "seccompProfile_restricted",
  level: "restricted",
  revisions: [
    { since: 19, check: everywhere, overrides },
    { since: 25, check: (metadata, spec) => (isWindowsPod(spec) ? undefined : everywhere(metadata, spec)), overrides },
  ],
};
