import type { Control } from "@redoubt/control";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { isSystemNamespace } from "../hardening/system-namespace.ts";

/** Only the system's own classes may begin with `system-`. */
export const systemPriority: Control = {
  id: "POD-051",
  title: "Applications do not claim system priority",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1499"), owasp("K01")],
  rationale: "Pods of the system priorities push every other pod off a full node, security agents and DNS included.",
  remediation: "Use a PriorityClass of your own with a value below the system's.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  priorityClassName: system-node-critical
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  priorityClassName: business-critical
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const name = workload.podSpec.priorityClassName;
      if (name === undefined || !name.startsWith("system-") || isSystemNamespace(workload.namespace)) return "pass";
      return failure(
        [...workload.podSpecPath, "priorityClassName"],
        `The pod has the priority ${name}: it pushes every other pod off a full node`,
      );
    }),
};
