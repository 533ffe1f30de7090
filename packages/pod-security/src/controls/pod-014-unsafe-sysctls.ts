import type { Control } from "@redoubt/control";
import { NEWEST_MINOR } from "../engine/evaluate-pod.ts";
import { safeSysctls } from "../engine/checks/sysctls.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

const SAFE: ReadonlySet<string> = new Set(safeSysctls(NEWEST_MINOR));

/** Pod Security Standards, baseline: `securityContext.sysctls[*].name`, by the newest version's list. */
export const unsafeSysctls: Control = {
  id: "POD-014",
  title: "Pods set only safe kernel parameters",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "Kernel parameters that are not confined to the pod change the node for everyone, and some of them switch protections off.",
  remediation: "Remove the parameter, or set it on the nodes where it belongs.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    sysctls:
      - name: kernel.msgmax
        value: "65536"
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
    sysctls:
      - name: net.ipv4.ip_unprivileged_port_start
        value: "80"
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const sysctls = workload.podSpec.securityContext?.sysctls;
      if (sysctls === undefined || sysctls.every(({ name }) => SAFE.has(name ?? ""))) return "pass";
      const path = [...workload.podSpecPath, "securityContext", "sysctls"];
      const safe = sysctls.filter(({ name }) => SAFE.has(name ?? ""));
      return sysctls.flatMap(({ name = "" }, index) =>
        SAFE.has(name)
          ? []
          : failure(
              [...path, index, "name"],
              `The pod sets the kernel parameter ${name}, which is not among those that affect only the pod${systemNote(workload)}`,
              unlessSystem(workload, {
                description: "Keep only the safe kernel parameters.",
                edits: [
                  safe.length === 0
                    ? { op: "remove", path, prune: true }
                    : {
                        op: "set",
                        path,
                        value: safe.map(({ name: kept = "", value = "" }) => ({ name: kept, value })),
                      },
                ],
                caution: "The program runs with the node's values from then on.",
              }),
            ),
      );
    }),
};
