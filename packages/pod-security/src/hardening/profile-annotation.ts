/** Alpha annotations that chose a seccomp profile; no kubelet since 1.27 reads them. */
export const POD_SECCOMP_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod";
export const CONTAINER_SECCOMP_PREFIX = "container.seccomp.security.alpha.kubernetes.io/";

/** Beta annotation that chooses a container's AppArmor profile; replaced by a field in 1.30. */
export const APP_ARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/";

/** A profile as the fields `seccompProfile` and `appArmorProfile` say it. */
export type ProfileField = { readonly type: string; readonly localhostProfile?: string };

/** The field that means the same as an annotation's value; undefined for values that mean nothing. */
export function profileOfAnnotation(value: string): ProfileField | undefined {
  if (value === "runtime/default" || value === "docker/default") return { type: "RuntimeDefault" };
  if (value === "unconfined") return { type: "Unconfined" };
  const name = value.startsWith("localhost/") ? value.slice("localhost/".length) : "";
  return name === "" ? undefined : { type: "Localhost", localhostProfile: name };
}
