import type { Control } from "@redoubt/control";
import { owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";

/** The API server fills in both fields, so only the alias alone is reported. */
export const deprecatedServiceAccount: Control = {
  id: "POD-048",
  title: "Pods name their account in serviceAccountName",
  layer: "container",
  item: "rbac",
  severity: "info",
  references: [owasp("K02")],
  rationale:
    "serviceAccount is a deprecated alias that policies and people overlook: a rule on serviceAccountName does not see it in a manifest.",
  remediation: "Rename serviceAccount to serviceAccountName.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  serviceAccount: web
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  serviceAccountName: web
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const { serviceAccount, serviceAccountName } = workload.podSpec;
      if (!serviceAccount || serviceAccountName) return "pass";
      const path = [...workload.podSpecPath, "serviceAccount"];
      return failure(path, `The pod names its account "${serviceAccount}" by the deprecated field serviceAccount`, {
        description: "Rename serviceAccount to serviceAccountName.",
        edits: [
          { op: "set", path: [...workload.podSpecPath, "serviceAccountName"], value: serviceAccount },
          { op: "remove", path },
        ],
      });
    }),
};
