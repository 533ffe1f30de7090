import type { ObjectMeta, PodSpec, SeccompProfile, SecurityContext } from "@redoubt/kube";

/**
 * Seccomp and AppArmor profiles in the form that PodSecurityPolicy's annotations use (`runtime/default`, `localhost/NAME`,
 * `unconfined`), read from fields and from the annotations that came before them.
 */
const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR_CONTAINER = "container.apparmor.security.beta.kubernetes.io/";

interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

function annotation(metadata: ObjectMeta, key: string): string | undefined {
  const annotations = metadata.annotations ?? {};
  return Object.hasOwn(annotations, key) ? annotations[key] : undefined;
}

function nameOf(profile: Profile): string {
  if (profile.type === "Unconfined") return "unconfined";
  if (profile.type === "RuntimeDefault") return "runtime/default";
  return profile.type === "Localhost" && profile.localhostProfile !== undefined
    ? `localhost/${profile.localhostProfile}`
    : "";
}

/** The field for a profile's name; undefined for a name that no field can say. */
export function profileField(name: string): SeccompProfile | undefined {
  if (name === "unconfined") return { type: "Unconfined" };
  if (name === "runtime/default" || name === "docker/default") return { type: "RuntimeDefault" };
  if (!name.startsWith("localhost/") || name === "localhost/") return undefined;
  return { type: "Localhost", localhostProfile: name.slice("localhost/".length) };
}

export function hasSeccompAnnotation(metadata: ObjectMeta): boolean {
  return (annotation(metadata, SECCOMP_POD) ?? "") !== "";
}

/** The pod's own seccomp profile; the empty string when it sets none. */
export function podSeccomp(metadata: ObjectMeta, spec: PodSpec): string {
  const given = annotation(metadata, SECCOMP_POD) ?? "";
  if (given !== "") return given;
  return spec.securityContext?.seccompProfile === undefined ? "" : nameOf(spec.securityContext.seccompProfile);
}

/** The seccomp profile that a container runs with: its own, else the pod's. */
export function containerSeccomp(
  metadata: ObjectMeta,
  spec: PodSpec,
  container: { readonly name?: string; readonly securityContext?: SecurityContext },
): string {
  const own = container.securityContext?.seccompProfile;
  if (own !== undefined) return nameOf(own);
  return annotation(metadata, `${SECCOMP_CONTAINER}${container.name ?? ""}`) ?? podSeccomp(metadata, spec);
}

/** The AppArmor profile that a container runs with: its own field or annotation, else the pod's; empty when nothing sets one. */
export function containerAppArmor(
  metadata: ObjectMeta,
  spec: PodSpec,
  container: { readonly name?: string; readonly securityContext?: SecurityContext },
): string {
  const own = container.securityContext?.appArmorProfile;
  if (own !== undefined) return nameOf(own);
  const given = annotation(metadata, `${APP_ARMOR_CONTAINER}${container.name ?? ""}`) ?? "";
  if (given !== "") return given;
  return spec.securityContext?.appArmorProfile === undefined ? "" : nameOf(spec.securityContext.appArmorProfile);
}
