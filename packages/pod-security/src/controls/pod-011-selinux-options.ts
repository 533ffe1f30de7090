import type { Control, Failure } from "@redoubt/control";
import type { Path, SELinuxOptions } from "@redoubt/kube";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { nameOf } from "../hardening/container-name.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

const CONTAINER_TYPES: ReadonlySet<string> = new Set([
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);

/** Pod Security Standards, baseline: `seLinuxOptions` of the pod and of each container. */
export const seLinuxOptions: Control = {
  id: "POD-011",
  title: "SELinux confinement is not weakened",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "SELinux keeps a container's processes from the node's files even when they are root. A type such as spc_t, or a chosen user or role, takes that wall away.",
  remediation: "Remove type, user and role from seLinuxOptions, or use one of the container types; level may stay.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    seLinuxOptions:
      type: spc_t
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
    seLinuxOptions:
      level: s0:c123,c456
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      let failures: Failure[] | undefined;
      const judge = (options: SELinuxOptions | undefined, path: Path, who: string, editable: boolean): void => {
        if (options === undefined) return;
        for (const field of ["type", "user", "role"] as const) {
          const value = options[field];
          if (value === undefined || value === "" || (field === "type" && CONTAINER_TYPES.has(value))) continue;
          const at = [...path, "securityContext", "seLinuxOptions", field];
          failures ??= [];
          failures.push(
            failure(
              at,
              `${who} sets the SELinux ${field} "${value}"${value === "spc_t" ? ", which is not confined at all" : ", which leaves the confinement that containers get"}${systemNote(workload)}`,
              editable
                ? unlessSystem(workload, {
                    description: `Remove the SELinux ${field} "${value}".`,
                    edits: [{ op: "remove", path: at, prune: true }],
                    caution:
                      "On nodes with SELinux the program may be denied files of the node that it reached before.",
                  })
                : undefined,
              value === "spc_t" ? "high" : "medium",
            ),
          );
        }
      };
      const podOptions = workload.podSpec.securityContext?.seLinuxOptions;
      if (podOptions !== undefined) judge(podOptions, workload.podSpecPath, "The pod", true);
      for (const view of workload.containers) {
        const options = view.container.securityContext?.seLinuxOptions;
        if (options !== undefined) judge(options, view.path, nameOf(view), view.role !== "ephemeral");
      }
      return failuresOrPass(failures);
    }),
};
