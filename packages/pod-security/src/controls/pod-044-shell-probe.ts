import type { Control, Failure } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";

/** Only probes: lifecycle hooks run once. */
export const shellProbe: Control = {
  id: "POD-044",
  title: "Probes do not need a shell",
  layer: "application",
  item: "runtime-monitoring",
  severity: "info",
  references: [nsa("Kubernetes Pod security"), attack("T1059.004"), owasp("K01")],
  rationale:
    "A probe that runs a shell keeps the shell in the image, where it serves attackers too, and buries the alert on shells in containers under one event every few seconds.",
  remediation: "Use httpGet, tcpSocket or grpc, or run the checking program directly.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      livenessProbe:
        exec:
          command: [sh, -c, "pgrep web"]
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      livenessProbe:
        httpGet:
          path: /live
          port: 8080
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { livenessProbe, readinessProbe, startupProbe } = view.container;
      if (livenessProbe === undefined && readinessProbe === undefined && startupProbe === undefined) return "pass";
      let failures: Failure[] | undefined;
      for (const field of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
        const program = view.container[field]?.exec?.command?.[0];
        if (program === undefined || !SHELLS.has(program.slice(program.lastIndexOf("/") + 1))) continue;
        failures ??= [];
        failures.push(
          failure(
            [...view.path, field, "exec", "command"],
            `${nameOf(view)} runs ${program} for its ${field}, so the image must keep a shell`,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash", "zsh", "ksh"]);
