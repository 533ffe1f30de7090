import type { Control } from "@redoubt/control";
import { RESTRICTED_CAPABILITY, capabilityName } from "../hardening/capability.ts";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { effectiveUser } from "../hardening/identity.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";

/** Only containers whose manifest asks for root or capabilities. */
export const userNamespace: Control = {
  id: "POD-063",
  title: "Containers that need root have a user namespace",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "With hostUsers: false root in the container is an ordinary user on the node, and its capabilities are worth nothing there. It is the wall that is left when a program must be root.",
  remediation: "Set hostUsers: false (Kubernetes 1.33 and nodes with a recent kernel and runtime).",
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
        runAsUser: 0
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostUsers: false
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        runAsUser: 0
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      const { hostUsers, hostNetwork, hostPID, hostIPC } = workload.podSpec;
      if (hostUsers === false) return "pass";
      const context = view.container.securityContext;
      const needsRoot =
        effectiveUser(view, workload) === 0 ||
        (context?.capabilities?.add?.some((capability) => capabilityName(capability) !== RESTRICTED_CAPABILITY) ??
          false);
      if (!needsRoot) return "pass";
      // The API server refuses hostUsers: false beside host namespaces, and privileged is worse than the lack of it.
      if (hostNetwork === true || hostPID === true || hostIPC === true || context?.privileged === true)
        return "not-applicable";
      return failure(
        [...workload.podSpecPath, "hostUsers"],
        `${nameOf(view)} runs as root or with added capabilities in the node's user namespace: what escapes from it is root on the node`,
      );
    }),
};
