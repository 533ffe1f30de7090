import type { Control } from "@redoubt/control";
import { type FlagRule, judgeComponent } from "../engine/flag-rules.ts";
import { parseFlagBoolean } from "../model/flag-boolean.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const RULES: readonly FlagRule[] = [
  {
    flag: "bind-address",
    wrong(value) {
      if (value === "127.0.0.1" || value === "::1" || value === "localhost") return undefined;
      return `${value === undefined ? "--bind-address is not set and defaults to all addresses" : `--bind-address=${value}`}: its port is open to the network, where 127.0.0.1 is enough`;
    },
  },
  {
    flag: "profiling",
    severity: "low",
    wrong: (value) =>
      parseFlagBoolean(value) === false
        ? undefined
        : `${value === undefined ? "--profiling is not set and defaults to true" : `--profiling=${value}`}: /debug/pprof shows internals of the process`,
  },
];

export const componentPorts: Control = {
  id: "INF-012",
  title: "Scheduler and controller manager listen on loopback, without profiling",
  layer: "infrastructure",
  item: "rbac",
  severity: "medium",
  references: cisReferences("1.3.2", "1.3.7", "1.4.1", "1.4.2"),
  rationale: "Nothing but the node itself needs to reach these ports; what is not reachable cannot be attacked.",
  remediation: "Start both with --bind-address=127.0.0.1 and --profiling=false.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-scheduler
  namespace: kube-system
spec:
  containers:
  - name: kube-scheduler
    image: registry.k8s.io/kube-scheduler:v1.34.4
    command: [kube-scheduler, --bind-address=0.0.0.0, --profiling=false]
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-scheduler
  namespace: kube-system
spec:
  containers:
  - name: kube-scheduler
    image: registry.k8s.io/kube-scheduler:v1.34.4
    command: [kube-scheduler, --bind-address=127.0.0.1, --profiling=false]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const name of ["kube-controller-manager", "kube-scheduler"] as const)
      judgeComponent(snapshot, name, RULES, report);
  },
};
