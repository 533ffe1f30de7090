import type { Control } from "@redoubt/control";
import type { Workload } from "@redoubt/kube";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: `hostNetwork`. */
export const hostNetwork: Control = {
  id: "POD-004",
  title: "Pods do not share the node's network",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [
    ...cis("5.2.5"),
    nsa("Kubernetes Pod security"),
    attack("T1611"),
    attack("T1040"),
    owasp("K01"),
    owasp("K05"),
  ],
  rationale:
    "A pod on the node's network is outside every NetworkPolicy, reaches services that listen on the node's loopback and the cloud's metadata service, and its ports are open on the node.",
  remediation: "Remove hostNetwork and publish the ports through a Service.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostNetwork: true
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
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (workload.podSpec.hostNetwork !== true) return "pass";
      const path = [...workload.podSpecPath, "hostNetwork"];
      return failure(
        path,
        `The pod sets hostNetwork: true: no NetworkPolicy holds it, and it reaches the node's loopback services and metadata service${systemNote(workload)}`,
        hasHostProcess(workload)
          ? undefined
          : unlessSystem(workload, {
              description: "Remove hostNetwork.",
              edits: [{ op: "remove", path }],
              caution: "Whoever reached the pod at the node's address needs a Service from now on.",
            }),
      );
    }),
};

/** The API server refuses Windows host processes without the node's network. */
function hasHostProcess({ podSpec, containers }: Workload): boolean {
  return (
    podSpec.securityContext?.windowsOptions?.hostProcess === true ||
    containers.some(({ container }) => container.securityContext?.windowsOptions?.hostProcess === true)
  );
}
