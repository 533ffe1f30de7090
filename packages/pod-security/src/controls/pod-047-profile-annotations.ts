import type { Control, Failure, Fix } from "@redoubt/control";
import type { ContainerView, Edit, Path, Workload } from "@redoubt/kube";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { declaresWindows } from "../hardening/operating-system.ts";
import {
  APP_ARMOR_PREFIX,
  CONTAINER_SECCOMP_PREFIX,
  POD_SECCOMP_ANNOTATION,
  type ProfileField,
  profileOfAnnotation,
} from "../hardening/profile-annotation.ts";

/** AppArmor annotations that switch it off are POD-012. */
export const profileAnnotations: Control = {
  id: "POD-047",
  title: "Seccomp and AppArmor profiles are set by fields",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [...cis("5.6.2"), nsa("Kubernetes Pod security"), owasp("K01")],
  rationale:
    "Annotations once chose the profiles. Kubernetes ignores those for seccomp since 1.27, so a pod that relies on one runs without a profile; those for AppArmor are deprecated since 1.30.",
  remediation:
    "Use securityContext.seccompProfile and securityContext.appArmorProfile instead, and remove the annotations.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: runtime/default
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
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const annotations = workload.podMetadata.annotations;
      if (annotations === undefined) return "pass";
      let failures: Failure[] | undefined;
      for (const key in annotations) {
        if (!Object.hasOwn(annotations, key)) continue;
        const value = annotations[key] ?? "";
        if (key === POD_SECCOMP_ANNOTATION || key.startsWith(CONTAINER_SECCOMP_PREFIX)) {
          (failures ??= []).push(
            failure(
              annotationPath(workload, key),
              `The annotation ${key} asks for the seccomp profile "${value}", which Kubernetes ignores since 1.27`,
              seccompFix(workload, key, value),
            ),
          );
        } else if (
          key.startsWith(APP_ARMOR_PREFIX) &&
          (value === "runtime/default" || value.startsWith("localhost/"))
        ) {
          (failures ??= []).push(
            failure(
              annotationPath(workload, key),
              `The annotation ${key} sets the AppArmor profile "${value}", which the field appArmorProfile does since 1.30`,
              appArmorFix(workload, key, value),
              "info",
            ),
          );
        }
      }
      return failuresOrPass(failures);
    }),
};

function annotationPath(workload: Workload, key: string): Path {
  return [...workload.templatePath, "metadata", "annotations", key];
}

/** Moves the profile to the field, unless that has one already. Unconfined becomes the runtime's default: nothing was confined by the annotation. */
function seccompFix(workload: Workload, key: string, value: string): Fix | undefined {
  const profile = profileOfAnnotation(value);
  if (profile === undefined) return undefined;
  const field: ProfileField = profile.type === "Unconfined" ? { type: "RuntimeDefault" } : profile;
  const view =
    key === POD_SECCOMP_ANNOTATION ? undefined : containerNamed(workload, key.slice(CONTAINER_SECCOMP_PREFIX.length));
  const context =
    key === POD_SECCOMP_ANNOTATION ? workload.podSpec.securityContext : (view?.container.securityContext ?? undefined);
  const owner = key === POD_SECCOMP_ANNOTATION ? workload.podSpecPath : view?.path;
  if (view?.role === "ephemeral") return undefined;
  return {
    description: `Replace the annotation ${key} by the field seccompProfile.`,
    edits: [
      ...move(
        owner,
        "seccompProfile",
        context?.seccompProfile !== undefined || declaresWindows(workload.podSpec),
        field,
      ),
      { op: "remove", path: annotationPath(workload, key), prune: true },
    ],
    caution: "The profile takes effect again: a program that uses rare system calls may be denied them.",
  };
}

function appArmorFix(workload: Workload, key: string, value: string): Fix | undefined {
  const profile = profileOfAnnotation(value);
  const view = containerNamed(workload, key.slice(APP_ARMOR_PREFIX.length));
  if (profile === undefined || view?.role === "ephemeral") return undefined;
  return {
    description: `Replace the annotation ${key} by the field appArmorProfile.`,
    edits: [
      ...move(view?.path, "appArmorProfile", view?.container.securityContext?.appArmorProfile !== undefined, profile),
      { op: "remove", path: annotationPath(workload, key), prune: true },
    ],
    caution: "Clusters before 1.30 know only the annotation.",
  };
}

function containerNamed(workload: Workload, name: string): ContainerView | undefined {
  return workload.containers.find((view) => view.name === name);
}

function move(owner: Path | undefined, field: string, present: boolean, profile: ProfileField): Edit[] {
  return owner === undefined || present
    ? []
    : [{ op: "set", path: [...owner, "securityContext", field], value: { ...profile } }];
}
