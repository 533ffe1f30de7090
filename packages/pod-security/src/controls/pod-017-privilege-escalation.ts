import type { Control, Fix } from "@redoubt/control";
import type { ContainerView, Workload } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { runsOnWindows } from "../hardening/operating-system.ts";
import { endPrivilege } from "../hardening/privilege.ts";
import { systemNote } from "../hardening/system-namespace.ts";

/** Pod Security Standards, restricted: `allowPrivilegeEscalation`; absent means true. */
export const privilegeEscalation: Control = {
  id: "POD-017",
  title: "Containers cannot gain privileges",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.2.6"), nsa("Kubernetes Pod security"), attack("T1548.001"), owasp("K01")],
  rationale:
    "Unless allowPrivilegeEscalation is false, a process that is not root becomes root through any set-user-id program of the image, such as su, mount or a planted one.",
  remediation: "Set securityContext.allowPrivilegeEscalation to false on every container.",
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
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        allowPrivilegeEscalation: false
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (runsOnWindows(workload.podSpec)) return "not-applicable";
      const allowed = view.container.securityContext?.allowPrivilegeEscalation;
      if (allowed === false) return "pass";
      return failure(
        [...view.path, "securityContext", "allowPrivilegeEscalation"],
        `${nameOf(view)} ${allowed === true ? "sets allowPrivilegeEscalation: true" : "leaves allowPrivilegeEscalation at its default, true"}: set-user-id programs can make it root${systemNote(workload)}`,
        fix(view, workload),
      );
    }),
};

function fix(view: ContainerView, workload: Workload): Fix | undefined {
  if (view.role === "ephemeral") return undefined;
  const edits = endPrivilege(view, workload);
  if (edits === undefined) return undefined;
  return {
    description:
      edits.length === 1
        ? `Set allowPrivilegeEscalation to false for container "${view.name}".`
        : `Set allowPrivilegeEscalation to false for container "${view.name}", with the privileges that the API server does not allow beside it removed.`,
    edits,
    caution: "Programs that rely on set-user-id (sudo, ping in old images) stop working.",
  };
}
