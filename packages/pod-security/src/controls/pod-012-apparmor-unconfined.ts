import type { Control, Failure, Fix } from "@redoubt/control";
import type { AppArmorProfile, Edit, Path, Workload } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { APP_ARMOR_PREFIX } from "../hardening/profile-annotation.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: AppArmor annotations and `appArmorProfile` fields. */
export const appArmorUnconfined: Control = {
  id: "POD-012",
  title: "AppArmor is not switched off",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "The runtime's AppArmor profile denies mounts and writes to kernel settings even to root in a container. Unconfined removes that on nodes that use AppArmor.",
  remediation:
    "Remove the profile (the runtime's default then applies), or set appArmorProfile.type to RuntimeDefault or Localhost.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    appArmorProfile:
      type: RuntimeDefault
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      let failures: Failure[] | undefined;
      const podProfile = workload.podSpec.securityContext?.appArmorProfile;
      if (isForbidden(podProfile)) {
        (failures ??= []).push(fieldFailure(workload, workload.podSpecPath, "The pod", podProfile));
      }
      for (const view of workload.containers) {
        const profile = view.container.securityContext?.appArmorProfile;
        if (isForbidden(profile)) {
          (failures ??= []).push(fieldFailure(workload, view.path, nameOf(view), profile, view.role === "ephemeral"));
        }
      }
      const annotations = workload.podMetadata.annotations;
      if (annotations !== undefined) {
        for (const key in annotations) {
          if (!key.startsWith(APP_ARMOR_PREFIX)) continue;
          const value = annotations[key] ?? "";
          if (value === "" || value === "runtime/default" || value.startsWith("localhost/")) continue;
          const path = [...workload.templatePath, "metadata", "annotations", key];
          (failures ??= []).push(
            failure(
              path,
              `The annotation sets the AppArmor profile of container "${key.slice(APP_ARMOR_PREFIX.length)}" to "${value}"${value === "unconfined" ? ", which is no confinement" : ", which the API server refuses"}${systemNote(workload)}`,
              fix(workload, undefined),
            ),
          );
        }
      }
      return failuresOrPass(failures);
    }),
};

function isForbidden(profile: AppArmorProfile | undefined): profile is AppArmorProfile {
  return profile !== undefined && profile.type !== "RuntimeDefault" && profile.type !== "Localhost";
}

function fieldFailure(workload: Workload, owner: Path, who: string, profile: AppArmorProfile, fixed = false): Failure {
  const path = [...owner, "securityContext", "appArmorProfile"];
  return failure(
    [...path, "type"],
    `${who} sets the AppArmor profile type to "${profile.type ?? ""}"${profile.type === "Unconfined" ? ", which is no confinement" : ", which the API server refuses"}${systemNote(workload)}`,
    fixed ? undefined : fix(workload, path),
  );
}

/** The API server refuses a field and an annotation that disagree, so the unconfined annotations go together with the field. */
function fix(workload: Workload, field: Path | undefined): Fix | undefined {
  const edits: Edit[] = [];
  if (field !== undefined) edits.push({ op: "set", path: field, value: { type: "RuntimeDefault" } });
  for (const [key, value] of Object.entries(workload.podMetadata.annotations ?? {})) {
    if (!key.startsWith(APP_ARMOR_PREFIX) || value === "runtime/default" || value.startsWith("localhost/")) continue;
    edits.push({ op: "remove", path: [...workload.templatePath, "metadata", "annotations", key], prune: true });
  }
  return unlessSystem(workload, {
    description: "Let the runtime's default AppArmor profile apply.",
    edits,
    caution: "A program that mounts file systems or writes kernel settings needs a profile of its own instead.",
  });
}
