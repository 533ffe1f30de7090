import type { Control, Failure } from "@redoubt/control";
import type { Path } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { declaresWindows } from "../hardening/operating-system.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: `seccompProfile.type` of the pod and of each container. */
export const seccompUnconfined: Control = {
  id: "POD-013",
  title: "Seccomp is not switched off",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.6.2"), nsa("Kubernetes Pod security"), attack("T1611"), attack("T1068"), owasp("K01")],
  rationale:
    "Seccomp keeps the system calls that kernel exploits use away from a container. Unconfined gives all of them back, also where the cluster's default is safer.",
  remediation: "Set seccompProfile.type to RuntimeDefault, or to Localhost with a profile of the program's own.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    seccompProfile:
      type: Unconfined
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
      // The API server refuses the field on Windows pods, so there is nothing to set it to.
      const windows = declaresWindows(workload.podSpec);
      let failures: Failure[] | undefined;
      const refuse = (owner: Path, who: string, type: string, editable: boolean): void => {
        const path = [...owner, "securityContext", "seccompProfile"];
        failures ??= [];
        failures.push(
          failure(
            [...path, "type"],
            type === "Unconfined"
              ? `${who} switches seccomp off: every system call of the node's kernel is open to it${systemNote(workload)}`
              : `${who} sets the seccomp profile type to "${type}", which the API server refuses`,
            editable && !windows
              ? unlessSystem(workload, {
                  description: "Set the seccomp profile to RuntimeDefault.",
                  edits: [{ op: "set", path, value: { type: "RuntimeDefault" } }],
                  caution: "A program that uses rare system calls (tracing, nested containers) may be denied them.",
                })
              : undefined,
          ),
        );
      };
      const podType = workload.podSpec.securityContext?.seccompProfile?.type;
      if (isForbidden(podType)) refuse(workload.podSpecPath, "The pod", podType, true);
      for (const view of workload.containers) {
        const type = view.container.securityContext?.seccompProfile?.type;
        if (isForbidden(type)) refuse(view.path, nameOf(view), type, view.role !== "ephemeral");
      }
      return failuresOrPass(failures);
    }),
};

function isForbidden(type: string | undefined): type is string {
  return type !== undefined && type !== "RuntimeDefault" && type !== "Localhost";
}
