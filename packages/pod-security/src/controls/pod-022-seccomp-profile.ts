import type { Control, Fix } from "@redoubt/control";
import type { ContainerView, Workload } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { runsOnWindows } from "../hardening/operating-system.ts";
import { CONTAINER_SECCOMP_PREFIX, POD_SECCOMP_ANNOTATION } from "../hardening/profile-annotation.ts";
import { unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, restricted: a `seccompProfile` of the container, else of the pod. Unconfined is POD-013. */
export const seccompProfile: Control = {
  id: "POD-022",
  title: "A seccomp profile is set",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.6.2"), nsa("Kubernetes Pod security"), attack("T1611"), attack("T1068"), owasp("K01")],
  rationale:
    "Without a profile most clusters run containers unconfined, with some 300 system calls open that programs do not need and kernel exploits do.",
  remediation: "Set securityContext.seccompProfile.type to RuntimeDefault for the pod.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
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
    judgeContainers(snapshot, report, (view, workload) => {
      if (runsOnWindows(workload.podSpec)) return "not-applicable";
      if (view.container.securityContext?.seccompProfile !== undefined) return "pass";
      if (workload.podSpec.securityContext?.seccompProfile !== undefined) return "pass";
      const annotation = annotationFor(view, workload);
      return failure(
        [...view.path, "securityContext", "seccompProfile"],
        annotation === undefined
          ? `${nameOf(view)} has no seccomp profile: unless the kubelet sets a default, every system call is open to it`
          : `${nameOf(view)} has a seccomp profile only in the annotation ${annotation}, which Kubernetes ignores since 1.27`,
        annotation === undefined ? fix(workload) : undefined,
      );
    }),
};

/** The old annotation that once chose this container's profile. Turning it into a field is the fix of POD-047. */
function annotationFor(view: ContainerView, workload: Workload): string | undefined {
  const annotations = workload.podMetadata.annotations;
  if (annotations === undefined) return undefined;
  const own = `${CONTAINER_SECCOMP_PREFIX}${view.name}`;
  return [own, POD_SECCOMP_ANNOTATION].find((key) => Object.hasOwn(annotations, key));
}

function fix(workload: Workload): Fix | undefined {
  return unlessSystem(workload, {
    description: "Set the pod's seccomp profile to RuntimeDefault.",
    edits: [
      {
        op: "set",
        path: [...workload.podSpecPath, "securityContext", "seccompProfile"],
        value: { type: "RuntimeDefault" },
      },
    ],
    caution: "A program that uses rare system calls (tracing, nested containers) may be denied them.",
  });
}
