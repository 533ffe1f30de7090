import type { Control, Fix } from "@redoubt/control";
import type { ContainerView, Workload } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { propagatesMounts } from "../hardening/privilege.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: `securityContext.privileged`. */
export const privilegedContainer: Control = {
  id: "POD-001",
  title: "Containers are not privileged",
  layer: "container",
  item: "pod-security",
  severity: "critical",
  references: [...cis("5.2.2"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "A privileged container has every capability, every device of the node and no seccomp, AppArmor or SELinux confinement. Whoever runs code in it owns the node.",
  remediation:
    "Set securityContext.privileged to false and add the single capability or device that the program needs instead.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        privileged: true
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        privileged: false
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (view.container.securityContext?.privileged !== true) return "pass";
      return failure(
        [...view.path, "securityContext", "privileged"],
        `${nameOf(view)} is privileged: it has every capability and every device of the node${systemNote(workload)}`,
        fix(view, workload),
      );
    }),
};

function fix(view: ContainerView, workload: Workload): Fix | undefined {
  if (view.role === "ephemeral" || propagatesMounts(view)) return undefined;
  return unlessSystem(workload, {
    description: `Set privileged to false for container "${view.name}".`,
    edits: [{ op: "set", path: [...view.path, "securityContext", "privileged"], value: false }],
    caution:
      "A program that really uses devices or kernel settings of the node needs the one capability it uses instead.",
  });
}
