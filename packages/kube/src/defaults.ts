/**
 * What the API server fills in, where a verdict depends on it (k8s.io/kubernetes pkg/apis/core/v1/defaults.go and conversion.go, and the
 * ServiceAccount admission plugin). Values in a snapshot are as written: ask here for what will run.
 */
import type { Container, ContainerPort, PodSpec, ServiceAccount, Volume } from "./gen/types.ts";

/** The account that a pod runs as. The deprecated field `serviceAccount` counts only where the new one is empty; neither means `default`. */
export function effectiveServiceAccountName(spec: PodSpec): string {
  return spec.serviceAccountName || spec.serviceAccount || "default";
}

/** Whether a token is mounted: the pod's word, else its ServiceAccount's (undefined when that is not known), else yes. */
export function mountsServiceAccountToken(spec: PodSpec, account?: ServiceAccount): boolean {
  return spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
}

/** `Always` unless given. Jobs must give another. */
export function effectiveRestartPolicy(spec: PodSpec): string {
  return spec.restartPolicy || "Always";
}

/** `Always` for the tag `latest` and for images with neither tag nor digest, else `IfNotPresent`. */
export function effectiveImagePullPolicy(container: Pick<Container, "image" | "imagePullPolicy">): string {
  if (container.imagePullPolicy) return container.imagePullPolicy;
  const image = container.image ?? "";
  const name = image.split("@", 1)[0] ?? "";
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  if (tag === undefined) return image.includes("@") ? "IfNotPresent" : "Always";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

/** A pod on the host's network opens each container port on the host; otherwise only where a host port is given. 0: none. */
export function effectiveHostPort(spec: PodSpec, port: ContainerPort): number {
  if (port.hostPort !== undefined && port.hostPort !== 0) return port.hostPort;
  return spec.hostNetwork === true ? (port.containerPort ?? 0) : 0;
}

/** `TCP` unless given; the same for container ports, service ports and NetworkPolicy ports. */
export function effectiveProtocol(port: { readonly protocol?: string }): string {
  return port.protocol || "TCP";
}

/** Whether a volume is an emptyDir: also when it names no source at all. */
export function isEmptyDir(volume: Volume): boolean {
  return volume.emptyDir !== undefined || Object.keys(volume).every((key) => key === "name");
}

/** A container's requests: a limit is also a request where none is given for the same resource. */
export function effectiveRequests(container: Pick<Container, "resources">): Readonly<Record<string, string | number>> {
  return { ...container.resources?.limits, ...container.resources?.requests };
}
