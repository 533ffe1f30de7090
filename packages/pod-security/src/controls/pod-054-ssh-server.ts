import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";

/** By the port or by the program that the container starts. */
export const sshServer: Control = {
  id: "POD-054",
  title: "Containers run no SSH server",
  layer: "application",
  item: "runtime-monitoring",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1021.004"), owasp("K01")],
  rationale:
    "An SSH server is a second way in, past Kubernetes' authentication, roles and audit log, with keys or passwords of its own.",
  remediation: "Remove the server and use kubectl exec, which is authorized and audited.",
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
        - containerPort: 22
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
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { ports, command } = view.container;
      const port = ports === undefined ? -1 : ports.findIndex(({ containerPort }) => containerPort === 22);
      if (port >= 0) {
        return failure(
          [...view.path, "ports", port, "containerPort"],
          `${nameOf(view)} opens port 22: an SSH server lets people in past the API server's roles and audit log`,
        );
      }
      const program = command?.[0];
      if (program !== undefined && (program === "sshd" || program.endsWith("/sshd"))) {
        return failure(
          [...view.path, "command", 0],
          `${nameOf(view)} starts sshd: an SSH server lets people in past the API server's roles and audit log`,
        );
      }
      return "pass";
    }),
};
