import type { SeccompProfile } from "@redoubt/kube";
import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, pluralize, quote, setters, sortedUnique } from "../message-text.ts";
import { allContainers } from "../pod-containers.ts";

const POD_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod";
const CONTAINER_ANNOTATION_PREFIX = "container.seccomp.security.alpha.kubernetes.io/";

export function isAllowedSeccompProfile(profile: SeccompProfile): boolean {
  return profile.type === "RuntimeDefault" || profile.type === "Localhost";
}

function isAllowedAnnotation(value: string): boolean {
  return value === "runtime/default" || value === "docker/default" || value.startsWith("localhost/");
}

/** Before 1.19 there were only annotations. */
const annotations: PodCheck = (metadata, spec) => {
  const given = metadata.annotations ?? {};
  const keys = [
    POD_ANNOTATION,
    ...allContainers(spec).map(({ name }) => `${CONTAINER_ANNOTATION_PREFIX}${name ?? ""}`),
  ];
  const forbidden = sortedUnique(
    keys.flatMap((key) => {
      const value = Object.hasOwn(given, key) ? given[key] : undefined;
      return value === undefined || isAllowedAnnotation(value) ? [] : [`${key}=${quote(value)}`];
    }),
  );
  if (forbidden.length === 0) return undefined;
  const noun = pluralize("annotation", "annotations", forbidden.length);
  return { reason: "seccompProfile", detail: `forbidden ${noun} ${forbidden.join(", ")}` };
};

/** Profiles that are set must be allowed ones; leaving them out is allowed. */
export const explicitSeccompProfiles: PodCheck = (_metadata, spec) => {
  const badTypes: string[] = [];
  const isBad = (profile: SeccompProfile | undefined): boolean => {
    if (profile === undefined || isAllowedSeccompProfile(profile)) return false;
    badTypes.push(profile.type ?? "");
    return true;
  };
  const podIsBad = isBad(spec.securityContext?.seccompProfile);
  const badContainers = allContainers(spec)
    .filter(({ securityContext }) => isBad(securityContext?.seccompProfile))
    .map(({ name }) => name ?? "");
  if (!podIsBad && badContainers.length === 0) return undefined;
  return {
    reason: "seccompProfile",
    detail: `${setters(podIsBad, badContainers)} must not set securityContext.seccompProfile.type to ${joinQuoted(sortedUnique(badTypes))}`,
  };
};

/** Seccomp is not switched off. */
export const seccompProfileBaseline: Check = {
  id: "seccompProfile_baseline",
  level: "baseline",
  revisions: [
    { since: 0, check: annotations },
    { since: 19, check: explicitSeccompProfiles },
  ],
};
