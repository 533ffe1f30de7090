import { APP_ARMOR_DEFAULT, SECCOMP_DEFAULT, setOptions } from "./mutate-pod.ts";
import type { PodSecurityPolicy } from "./pod-security-policy.ts";

/** A field of a policy that filled something into pods. */
export interface MutatingField {
  readonly field: string;
  /** `drops ALL from every container`: completes "where a pod said nothing, it ...". */
  readonly does: string;
}

/** The fields by which a policy changed pods; Pod Security changes none. */
export function mutatingFields(policy: PodSecurityPolicy): MutatingField[] {
  const { supplementalGroups, fsGroup, runAsGroup, runAsUser, seLinux, seccomp, appArmor, runtimeClass } = policy;
  const fields: MutatingField[] = [];
  const add = (condition: boolean, field: string, does: string): void => {
    if (condition) fields.push({ field, does });
  };
  add(runAsUser.rule === "MustRunAsNonRoot", "runAsUser", "set runAsNonRoot to true on containers without a user");
  add(runAsUser.rule === "MustRunAs", "runAsUser", `set runAsUser to ${runAsUser.ranges[0]?.min}`);
  add(runAsGroup.rule === "MustRunAs", "runAsGroup", `set runAsGroup to ${runAsGroup.ranges[0]?.min}`);
  add(fsGroup.rule === "MustRunAs", "fsGroup", `set fsGroup to ${fsGroup.ranges[0]?.min}`);
  add(
    supplementalGroups.rule === "MustRunAs",
    "supplementalGroups",
    `set supplementalGroups to [${supplementalGroups.ranges[0]?.min}]`,
  );
  if (seLinux.rule === "MustRunAs") {
    add(true, "seLinux", `set seLinuxOptions to ${JSON.stringify(setOptions(seLinux.options))}`);
  }
  const { defaultAddCapabilities: added, requiredDropCapabilities: dropped } = policy;
  add(dropped.length > 0, "requiredDropCapabilities", `dropped ${dropped.join(", ")} from every container`);
  add(added.length > 0, "defaultAddCapabilities", `added ${added.join(", ")} to every container that does not drop it`);
  add(policy.readOnlyRootFilesystem, "readOnlyRootFilesystem", "set readOnlyRootFilesystem to true");
  if (policy.defaultAllowPrivilegeEscalation !== undefined) {
    const value = policy.defaultAllowPrivilegeEscalation;
    add(true, "defaultAllowPrivilegeEscalation", `set allowPrivilegeEscalation to ${value}`);
  } else {
    add(!policy.allowPrivilegeEscalation, "allowPrivilegeEscalation", "set allowPrivilegeEscalation to false");
  }
  add(seccomp.defaultProfile !== undefined, SECCOMP_DEFAULT, `set the seccomp profile to ${seccomp.defaultProfile}`);
  add(
    appArmor.defaultProfile !== undefined,
    APP_ARMOR_DEFAULT,
    `set the AppArmor profile to ${appArmor.defaultProfile}`,
  );
  add(runtimeClass?.defaultName !== undefined, "runtimeClass", `set runtimeClassName to ${runtimeClass?.defaultName}`);
  return fields;
}
