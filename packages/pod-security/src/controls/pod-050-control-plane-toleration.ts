import type { Control, Failure } from "@redoubt/control";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { isSystemNamespace } from "../hardening/system-namespace.ts";

/** An empty key with `operator: Exists` matches every taint; an empty effect every effect. System components are meant to run there. */
export const controlPlaneToleration: Control = {
  id: "POD-050",
  title: "Pods keep off control plane nodes",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1610"), owasp("K01")],
  rationale:
    "A pod that tolerates the control plane's taint, or every taint, can run beside the API server and etcd. Escaping there takes over the cluster instead of one node.",
  remediation: "Name the taints that the pod must tolerate, and leave out those of the control plane.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  tolerations:
    - operator: Exists
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  tolerations:
    - key: dedicated
      operator: Equal
      value: web
      effect: NoSchedule
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const tolerations = workload.podSpec.tolerations;
      if (tolerations === undefined || isSystemNamespace(workload.namespace)) return "pass";
      let failures: Failure[] | undefined;
      for (let index = 0; index < tolerations.length; index++) {
        const { key = "", effect = "" } = tolerations[index] ?? {};
        if (effect !== "" && effect !== "NoSchedule") continue;
        if (key !== "" && !CONTROL_PLANE_TAINTS.has(key)) continue;
        failures ??= [];
        failures.push(
          failure(
            [...workload.podSpecPath, "tolerations", index],
            key === ""
              ? "The pod tolerates every taint, so it can run on control plane nodes"
              : `The pod tolerates ${key}, so it can run on control plane nodes`,
            undefined,
            // Agents that serve every node are meant to run there too.
            workload.object.known === "apps/DaemonSet" ? "low" : undefined,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

const CONTROL_PLANE_TAINTS: ReadonlySet<string> = new Set([
  "node-role.kubernetes.io/control-plane",
  "node-role.kubernetes.io/master",
  "node-role.kubernetes.io/etcd",
]);
