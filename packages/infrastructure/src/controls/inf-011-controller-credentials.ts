import type { Control } from "@redoubt/control";
import { type FlagRule, judgeComponent } from "../engine/flag-rules.ts";
import { parseFlagBoolean } from "../model/flag-boolean.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const RULES: readonly FlagRule[] = [
  {
    flag: "use-service-account-credentials",
    wrong: (value) =>
      parseFlagBoolean(value) === true
        ? undefined
        : `${value === undefined ? "--use-service-account-credentials is not set and defaults to false" : `--use-service-account-credentials=${value}`}: every controller acts with the rights of all`,
  },
];

export const controllerCredentials: Control = {
  id: "INF-011",
  title: "Each controller uses its own credentials",
  layer: "infrastructure",
  item: "rbac",
  severity: "medium",
  references: cisReferences("1.3.3"),
  rationale:
    "With one identity for all controllers, a fault in any of them can do what all of them may, and the audit log cannot tell them apart.",
  remediation: "Start kube-controller-manager with --use-service-account-credentials=true.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-controller-manager
  namespace: kube-system
spec:
  containers:
  - name: kube-controller-manager
    image: registry.k8s.io/kube-controller-manager:v1.34.4
    command: [kube-controller-manager, --profiling=false]
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-controller-manager
  namespace: kube-system
spec:
  containers:
  - name: kube-controller-manager
    image: registry.k8s.io/kube-controller-manager:v1.34.4
    command: [kube-controller-manager, --use-service-account-credentials=true]
`,
  },
  fixable: false,
  check(snapshot, report) {
    judgeComponent(snapshot, "kube-controller-manager", RULES, report);
  },
};
