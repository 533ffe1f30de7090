import type { Control, Failure } from "@redoubt/control";
import type { Path } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { systemNote } from "../hardening/system-namespace.ts";

/**
 * Pod Security Standards, baseline: `windowsOptions.hostProcess`. No fix: a host process pod must also have hostNetwork, and
 * every container must agree, so that it is redesigned and not edited.
 */
export const windowsHostProcess: Control = {
  id: "POD-015",
  title: "Windows containers are not host processes",
  layer: "container",
  item: "pod-security",
  severity: "critical",
  references: [...cis("5.2.11"), nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "A host process container is an ordinary process of the Windows node: there is no container around it at all.",
  remediation:
    "Run the program in a normal Windows container; keep host processes to node agents in namespaces of their own.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  os:
    name: windows
  hostNetwork: true
  securityContext:
    windowsOptions:
      hostProcess: true
      runAsUserName: NT AUTHORITY\\SYSTEM
  containers:
    - name: agent
      image: registry.example.com/agent:3.0.1
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  os:
    name: windows
  securityContext:
    windowsOptions:
      runAsUserName: ContainerUser
  containers:
    - name: agent
      image: registry.example.com/agent:3.0.1
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      let failures: Failure[] | undefined;
      if (workload.podSpec.securityContext?.windowsOptions?.hostProcess === true) {
        (failures ??= []).push(
          failure(
            hostProcessPath(workload.podSpecPath),
            `The pod's containers are host processes: they run on the Windows node itself${systemNote(workload)}`,
          ),
        );
      }
      for (const view of workload.containers) {
        if (view.container.securityContext?.windowsOptions?.hostProcess !== true) continue;
        (failures ??= []).push(
          failure(
            hostProcessPath(view.path),
            `${nameOf(view)} is a host process: it runs on the Windows node itself${systemNote(workload)}`,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

function hostProcessPath(owner: Path): Path {
  return [...owner, "securityContext", "windowsOptions", "hostProcess"];
}
