import type { AppArmorProfile } from "@redoubt/kube";
import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, namedContainers, pluralize, quote, sortedUnique } from "../message-text.ts";
import { allContainers } from "../pod-containers.ts";

const ANNOTATION_PREFIX = "container.apparmor.security.beta.kubernetes.io/";

function isBadProfile(profile: AppArmorProfile | undefined): profile is AppArmorProfile {
  return profile !== undefined && profile.type !== "RuntimeDefault" && profile.type !== "Localhost";
}

function isAllowedAnnotation(value: string): boolean {
  return value === "" || value === "runtime/default" || value.startsWith("localhost/");
}

const check: PodCheck = (metadata, spec) => {
  const badSetters: string[] = [];
  const badTypes: string[] = [];

  const podProfile = spec.securityContext?.appArmorProfile;
  if (isBadProfile(podProfile)) {
    badSetters.push("pod");
    badTypes.push(podProfile.type ?? "");
  }
  const badContainers: string[] = [];
  for (const { name, securityContext } of allContainers(spec)) {
    const profile = securityContext?.appArmorProfile;
    if (!isBadProfile(profile)) continue;
    badContainers.push(name ?? "");
    badTypes.push(profile.type ?? "");
  }
  if (badContainers.length > 0) badSetters.push(namedContainers(badContainers));

  const badAnnotations = Object.entries(metadata.annotations ?? {})
    .filter(([key, value]) => key.startsWith(ANNOTATION_PREFIX) && !isAllowedAnnotation(value))
    .map(([key, value]) => `${key}=${quote(value)}`)
    .sort();
  if (badAnnotations.length > 0) badSetters.push(pluralize("annotation", "annotations", badAnnotations.length));

  if (badSetters.length === 0) return undefined;
  const badValues = [...sortedUnique(badTypes), ...badAnnotations];
  return {
    reason: pluralize("forbidden AppArmor profile", "forbidden AppArmor profiles", badValues.length),
    detail: `${badSetters.join(" and ")} must not set AppArmor profile type to ${joinQuoted(badValues)}`,
  };
};

/** AppArmor stays at the runtime's default or at a profile of the node's; it is not switched off, by field or by annotation. */
export const appArmorProfile: Check = { id: "appArmorProfile", level: "baseline", revisions: [{ since: 0, check }] };
