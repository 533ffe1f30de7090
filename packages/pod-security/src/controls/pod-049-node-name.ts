import type { Control } from "@redoubt/control";
import type { Workload } from "@redoubt/kube";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { unlessSystem } from "../hardening/system-namespace.ts";

/** Only where an author wrote it: running pods carry the node that the scheduler chose. */
export const nodeName: Control = {
  id: "POD-049",
  title: "Pods are placed by the scheduler",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1610"), owasp("K01")],
  rationale:
    "nodeName puts a pod on a node past the scheduler, and so past taints, resources and affinity: also onto a control plane node.",
  remediation: "Remove nodeName and use nodeSelector or affinity.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  nodeName: control-plane-1
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  nodeSelector:
    disk: fast
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const node = workload.podSpec.nodeName;
      // A pod that was scheduled has the field too: then it is not the author's.
      if (!node || (workload.object.known === "Pod" && wasScheduled(workload))) return "pass";
      const path = [...workload.podSpecPath, "nodeName"];
      return failure(
        path,
        `The pod is placed on node "${node}" past the scheduler, and so past its taints`,
        unlessSystem(workload, {
          description: "Remove nodeName and let the scheduler place the pod.",
          edits: [{ op: "remove", path }],
          caution: "A pod that must run on this node needs a nodeSelector for it.",
        }),
      );
    }),
};

function wasScheduled(workload: Workload): boolean {
  return (
    workload.object.origin.kind === "cluster" ||
    "status" in workload.object.value ||
    workload.podMetadata.uid !== undefined ||
    (workload.podMetadata.ownerReferences?.length ?? 0) > 0
  );
}
