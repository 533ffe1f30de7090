import type { Container, EphemeralContainer, PodSpec, SecurityContext } from "@redoubt/kube";

/** Init containers, containers, ephemeral containers: the order in which the API server names them. */
export function allContainers(spec: PodSpec): (Container | EphemeralContainer)[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

/** Names of the containers whose security context is judged bad; an absent one is given as empty. */
export function containersWhere(spec: PodSpec, isBad: (context: SecurityContext) => boolean): string[] {
  return allContainers(spec).flatMap(({ name, securityContext }) => (isBad(securityContext ?? {}) ? [name ?? ""] : []));
}

/** From 1.25 on, checks that only mean something on Linux exempt pods that declare Windows. */
export function isWindowsPod(spec: PodSpec): boolean {
  return spec.os?.name === "windows";
}

/** From 1.35 on, some checks are relaxed for pods in a user namespace of their own (KEP-127). */
export function hasUserNamespace(spec: PodSpec): boolean {
  return spec.hostUsers === false;
}
