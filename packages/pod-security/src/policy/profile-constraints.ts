import type { SeccompProfile } from "@redoubt/kube";
import { effective, everyContainer, literal } from "./cel-expression.ts";
import type { Constraint } from "./constraint.ts";
import { hardened } from "./hardened-pod.ts";
import { profileField } from "./pod-profiles.ts";
import type { PodSecurityPolicy } from "./pod-security-policy.ts";

/** Seccomp and AppArmor profiles, where the policy's annotations list the allowed ones. */
export function profileConstraints({ seccomp, appArmor }: PodSecurityPolicy): Constraint[] {
  return [
    ...constraint("seccompProfile", "seccomp", seccomp.allowedProfiles),
    ...constraint("appArmorProfile", "AppArmor", appArmor.allowedProfiles),
  ];
}

function constraint(
  context: "seccompProfile" | "appArmorProfile",
  noun: "seccomp" | "AppArmor",
  allowed: readonly string[] | undefined,
): Constraint[] {
  if (allowed === undefined || (noun === "seccomp" && allowed.includes("*"))) return [];
  // An empty name lets a pod leave the seccomp profile out, which is the same as unconfined; AppArmor had no such name.
  const maybeAbsent = noun === "seccomp" && ["", "unconfined"].some((name) => allowed.includes(name));
  const absent = maybeAbsent ? "true" : "false";
  const fields = allowed.flatMap((name) => profileField(name) ?? []);
  const list = allowed.filter((name) => name !== "").join(", ");
  const others: readonly SeccompProfile[] = [
    { type: "Unconfined" },
    { type: "RuntimeDefault" },
    { type: "Localhost", localhostProfile: "other" },
  ];
  return [
    {
      field: `${noun.toLowerCase()} allowedProfileNames`,
      says: `${noun} profiles are among ${list}`,
      violations: others
        .filter(
          ({ type, localhostProfile }) =>
            !fields.some((known) => known.type === type && known.localhostProfile === localhostProfile),
        )
        .map((profile) => hardened({ [context]: profile })),
      expression: everyContainer(
        effective(context, (value) => fields.map((known) => matches(value, known)).join(" || ") || "false", absent),
      ),
      message: `every container must run with a ${noun} profile among ${list} (securityContext.${context})`,
    },
  ];
}

function matches(value: string, { type = "", localhostProfile }: SeccompProfile): string {
  const sameType = `${value}.type == ${literal(type)}`;
  return localhostProfile === undefined
    ? sameType
    : `(${sameType} && has(${value}.localhostProfile) && ${value}.localhostProfile == ${literal(localhostProfile)})`;
}
