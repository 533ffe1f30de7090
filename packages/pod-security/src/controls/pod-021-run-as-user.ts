import type { Control, Failure, Fix } from "@redoubt/control";
import type { ContainerView, Path, Workload } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { sharesUserNamespace } from "../hardening/identity.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, restricted: `runAsUser` is not 0; relaxed in a user namespace. */
export const runAsUser: Control = {
  id: "POD-021",
  title: "Containers are not told to run as root",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [...cis("5.2.7"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "runAsUser: 0 starts the program as root even if the image was built to run as somebody else. Root in a container is root on the node as soon as anything lets it out.",
  remediation: "Remove runAsUser: 0 or choose another user, and set runAsNonRoot: true.",
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
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        runAsUser: 10001
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (!sharesUserNamespace(workload)) return "pass";
      let failures: Failure[] | undefined;
      if (workload.podSpec.securityContext?.runAsUser === 0) {
        const heirs = workload.containers.filter(({ container }) => container.securityContext?.runAsUser === undefined);
        (failures ??= []).push(
          failure(
            [...workload.podSpecPath, "securityContext", "runAsUser"],
            heirs.length === 0
              ? "The pod sets runAsUser: 0; every container overrides it, but the restricted standard refuses it all the same"
              : `The pod sets runAsUser: 0, so ${heirs.map(({ name }) => `"${name}"`).join(", ")} run${heirs.length === 1 ? "s" : ""} as root${systemNote(workload)}`,
            fix(workload, workload.podSpecPath, "the pod"),
            heirs.length === 0 ? "low" : undefined,
          ),
        );
      }
      for (const view of workload.containers) {
        if (view.container.securityContext?.runAsUser !== 0) continue;
        (failures ??= []).push(
          failure(
            [...view.path, "securityContext", "runAsUser"],
            `${nameOf(view)} sets runAsUser: 0, so it runs as root whatever its image says${systemNote(workload)}`,
            // Init containers that are root on purpose prepare files for the others: no edit can know how else.
            view.role === "container" ? fix(workload, view.path, `container "${view.name}"`) : undefined,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

function fix(workload: Workload, owner: Path, whom: string): Fix | undefined {
  const podDecides = owner === workload.podSpecPath;
  if (podDecides && workload.containers.some((view) => view.role === "init" && mayNeedRoot(view))) return undefined;
  return unlessSystem(workload, {
    description: `Let the image's own user run ${whom}, and refuse root.`,
    edits: [
      { op: "remove", path: [...owner, "securityContext", "runAsUser"] },
      { op: "set", path: [...owner, "securityContext", "runAsNonRoot"], value: true },
    ],
    caution:
      "The container does not start unless its image has a numeric USER other than 0; files it writes must belong to that user.",
  });
}

/** Root by its own setting or by inheriting the pod's: with runAsNonRoot at the pod the kubelet would refuse to start it. */
function mayNeedRoot(view: ContainerView): boolean {
  return (view.container.securityContext?.runAsUser ?? 0) === 0;
}
