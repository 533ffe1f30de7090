import type { Check, CheckId, PodCheck } from "../check.ts";
import { joinQuoted, namedContainers, sortedUnique } from "../message-text.ts";
import { allContainers, isWindowsPod } from "../pod-containers.ts";

const everywhere: PodCheck = (_metadata, spec) => {
  const missingDropAll: string[] = [];
  const addingForbidden: string[] = [];
  const forbidden: string[] = [];
  for (const { name, securityContext } of allContainers(spec)) {
    const { add = [], drop = [] } = securityContext?.capabilities ?? {};
    if (!drop.includes("ALL")) missingDropAll.push(name ?? "");
    const bad = add.filter((capability) => capability !== "NET_BIND_SERVICE");
    if (bad.length === 0) continue;
    addingForbidden.push(name ?? "");
    forbidden.push(...bad);
  }
  const details = [
    ...(missingDropAll.length > 0
      ? [`${namedContainers(missingDropAll)} must set securityContext.capabilities.drop=["ALL"]`]
      : []),
    ...(addingForbidden.length > 0
      ? [
          `${namedContainers(addingForbidden)} must not include ${joinQuoted(sortedUnique(forbidden))} in securityContext.capabilities.add`,
        ]
      : []),
  ];
  return details.length === 0 ? undefined : { reason: "unrestricted capabilities", detail: details.join("; ") };
};

const overrides: readonly CheckId[] = ["capabilities_baseline"];

/** Every container drops ALL capabilities and may add back only NET_BIND_SERVICE. */
export const capabilitiesRestricted: Check = {
  id: "capabilities_restricted",
  level: "restricted",
  revisions: [
    { since: 22, check: everywhere, overrides },
    { since: 25, check: (metadata, spec) => (isWindowsPod(spec) ? undefined : everywhere(metadata, spec)), overrides },
  ],
};
