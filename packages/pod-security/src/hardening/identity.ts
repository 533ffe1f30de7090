import type { ContainerView, Path, Workload } from "@redoubt/kube";

/** The user id that the manifest decides, or undefined where the image does. The container's own setting wins over the pod's. */
export function effectiveUser(view: ContainerView, workload: Workload): number | undefined {
  return view.container.securityContext?.runAsUser ?? workload.podSpec.securityContext?.runAsUser;
}

export function effectiveGroup(view: ContainerView, workload: Workload): number | undefined {
  return view.container.securityContext?.runAsGroup ?? workload.podSpec.securityContext?.runAsGroup;
}

/** Whether the kubelet refuses to start the container as root. */
export function mustRunAsNonRoot(view: ContainerView, workload: Workload): boolean {
  return (view.container.securityContext?.runAsNonRoot ?? workload.podSpec.securityContext?.runAsNonRoot) === true;
}

/** Where `field` is decided for this container: its own security context if it is set there, else the pod's. */
export function decidingPath(view: ContainerView, workload: Workload, field: "runAsUser" | "runAsGroup"): Path {
  return view.container.securityContext?.[field] === undefined
    ? [...workload.podSpecPath, "securityContext", field]
    : [...view.path, "securityContext", field];
}

/** Containers that share the node's user namespace: without `hostUsers: false`, root inside is root outside. */
export function sharesUserNamespace(workload: Workload): boolean {
  return workload.podSpec.hostUsers !== false;
}
