import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { effectiveUser, mustRunAsNonRoot } from "../hardening/identity.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { runsOnWindows } from "../hardening/operating-system.ts";

/** Not where the manifest already rules root out. */
export const privilegedPort: Control = {
  id: "POD-055",
  title: "Programs that may be root do not need a privileged port",
  layer: "container",
  item: "pod-security",
  severity: "info",
  references: [...cis("5.2.7"), nsa("Kubernetes Pod security"), owasp("K01")],
  rationale:
    "Ports below 1024 are the usual reason for which a program runs as root. A Service can publish port 80 from any container port.",
  remediation: "Listen on a port from 1024 up, set runAsNonRoot, and map the Service's port to it with targetPort.",
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
        - containerPort: 80
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
    judgeContainers(snapshot, report, (view, workload) => {
      const ports = view.container.ports;
      if (ports === undefined || runsOnWindows(workload.podSpec)) return "pass";
      const index = ports.findIndex(({ containerPort = 0 }) => containerPort > 0 && containerPort < 1024);
      if (index < 0 || mustRunAsNonRoot(view, workload) || (effectiveUser(view, workload) ?? 0) !== 0) return "pass";
      return failure(
        [...view.path, "ports", index, "containerPort"],
        `${nameOf(view)} listens on port ${ports[index]?.containerPort ?? 0} and may run as root for it`,
      );
    }),
};
