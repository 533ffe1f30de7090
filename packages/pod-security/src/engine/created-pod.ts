import type { AppArmorProfile, Container, ObjectMeta, PodSpec } from "@redoubt/kube";

const APP_ARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/";

/**
 * A pod as admission sees it, after the API server's own defaults that Pod Security messages show: with host networking
 * every port is a host port, and AppArmor annotations become fields. Pod templates are not changed in these ways (since
 * 1.28), so this is for pods only. No verdict depends on it, only what the message lists.
 *
 * Source: SetDefaults_Pod and the pod strategy's PrepareForCreate in kubernetes/pkg.
 */
export function asCreated(metadata: ObjectMeta, spec: PodSpec): PodSpec {
  const withPorts = spec.hostNetwork === true ? withHostPorts(spec) : spec;
  return spec.os?.name === "windows" ? withPorts : withAppArmorFields(metadata, withPorts);
}

function withHostPorts(spec: PodSpec): PodSpec {
  return {
    ...spec,
    ...(spec.containers === undefined ? {} : { containers: spec.containers.map(withHostPortsOf) }),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withHostPortsOf) }),
  };
}

function withHostPortsOf(container: Container): Container {
  const ports = container.ports?.map((port) =>
    (port.hostPort ?? 0) === 0 && port.containerPort !== undefined ? { ...port, hostPort: port.containerPort } : port,
  );
  return ports === undefined ? container : { ...container, ports };
}

function withAppArmorFields(metadata: ObjectMeta, spec: PodSpec): PodSpec {
  const annotations = metadata.annotations ?? {};
  if (!Object.keys(annotations).some((key) => key.startsWith(APP_ARMOR_PREFIX))) return spec;
  const podProfile = spec.securityContext?.appArmorProfile;
  const synced = <C extends Container>(container: C): C => {
    const key = `${APP_ARMOR_PREFIX}${container.name ?? ""}`;
    const annotation = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    const profile = annotation === undefined ? undefined : profileOfAnnotation(annotation);
    if (profile === undefined || container.securityContext?.appArmorProfile !== undefined) return container;
    if (podProfile?.type === profile.type && podProfile?.localhostProfile === profile.localhostProfile)
      return container;
    return { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } };
  };
  return {
    ...spec,
    ...(spec.containers === undefined ? {} : { containers: spec.containers.map(synced) }),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(synced) }),
    ...(spec.ephemeralContainers === undefined ? {} : { ephemeralContainers: spec.ephemeralContainers.map(synced) }),
  };
}

function profileOfAnnotation(annotation: string): AppArmorProfile | undefined {
  if (annotation === "unconfined") return { type: "Unconfined" };
  if (annotation === "runtime/default") return { type: "RuntimeDefault" };
  const name = annotation.startsWith("localhost/") ? annotation.slice("localhost/".length) : "";
  return name === "" || name.trim() !== name ? undefined : { type: "Localhost", localhostProfile: name };
}
