import type { Control, Failure } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: `ports[*].hostPort`. Zero means none. */
export const hostPort: Control = {
  id: "POD-005",
  title: "Containers do not open ports on the node",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.2.13"), nsa("Network separation and hardening"), attack("T1133"), owasp("K05")],
  rationale:
    "A host port answers at the node's own address, past Services, Ingress and usually past NetworkPolicies, and ties the pod to nodes where the port is free.",
  remediation: "Remove hostPort and publish the port through a Service.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      ports:
        - containerPort: 8080
          hostPort: 8080
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      ports:
        - containerPort: 8080
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      const ports = view.container.ports;
      if (ports === undefined) return "pass";
      let failures: Failure[] | undefined;
      for (const [index, port] of ports.entries()) {
        if (port.hostPort === undefined || port.hostPort === 0) continue;
        // The API server fills in the container's port again on a pod of the node's network: that is for the control of hostNetwork.
        const path = [...view.path, "ports", index, "hostPort"];
        failures ??= [];
        failures.push(
          failure(
            path,
            `${nameOf(view)} opens port ${port.hostPort} on the node's ${port.hostIP ? `address ${port.hostIP}` : "every address"}${systemNote(workload)}`,
            unlessSystem(workload, {
              description: `Remove hostPort ${port.hostPort}.`,
              edits: [
                { op: "remove", path },
                { op: "remove", path: [...view.path, "ports", index, "hostIP"] },
              ],
              caution: "Whoever reached the port at the node's address needs a Service from now on.",
            }),
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};
