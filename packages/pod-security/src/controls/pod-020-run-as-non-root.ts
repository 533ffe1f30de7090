import type { Control, Failure, Fix } from "@redoubt/control";
import type { ContainerView, Workload } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { effectiveUser, sharesUserNamespace } from "../hardening/identity.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, restricted: `runAsNonRoot` of the container, else of the pod; relaxed in a user namespace. */
export const runAsNonRoot: Control = {
  id: "POD-020",
  title: "Containers must not run as root",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.2.7"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "Root in a container is root on the node as soon as anything lets it out. With runAsNonRoot the kubelet refuses to start an image that would run as root.",
  remediation: "Set securityContext.runAsNonRoot to true, and give the image a numeric USER.",
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
    runAsNonRoot: true
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (!sharesUserNamespace(workload)) return "pass";
      const pod = workload.podSpec.securityContext?.runAsNonRoot;
      let failures: Failure[] | undefined;
      let podBlamed = false;
      for (const view of workload.containers) {
        const own = view.container.securityContext?.runAsNonRoot;
        if ((own ?? pod) === true) continue;
        const byPod = own === undefined && pod === false;
        if (byPod && podBlamed) continue;
        podBlamed ||= byPod;
        failures ??= [];
        failures.push(
          failure(
            [...(byPod ? workload.podSpecPath : view.path), "securityContext", "runAsNonRoot"],
            byPod
              ? `The pod sets runAsNonRoot: false: its containers may start as root${systemNote(workload)}`
              : own === false
                ? `${nameOf(view)} sets runAsNonRoot: false: it may start as root${systemNote(workload)}`
                : `${nameOf(view)} may start as root: neither it nor the pod sets runAsNonRoot${systemNote(workload)}`,
            fix(view, workload),
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

/** Containers that the manifest makes root are for the control of runAsUser: the kubelet would refuse to start them. */
function fix(view: ContainerView, workload: Workload): Fix | undefined {
  if (view.role === "ephemeral" || effectiveUser(view, workload) === 0) return undefined;
  const podLevel = workload.containers.every(
    (other) => other.container.securityContext?.runAsNonRoot !== false && effectiveUser(other, workload) !== 0,
  );
  const owner = podLevel ? workload.podSpecPath : view.path;
  return unlessSystem(workload, {
    description: podLevel
      ? "Set runAsNonRoot to true for the pod."
      : `Set runAsNonRoot to true for container "${view.name}".`,
    edits: [{ op: "set", path: [...owner, "securityContext", "runAsNonRoot"], value: true }],
    caution:
      effectiveUser(view, workload) === undefined
        ? "The container does not start unless its image has a numeric USER other than 0, or runAsUser is set."
        : "Files that the program writes must belong to its user or group.",
  });
}
