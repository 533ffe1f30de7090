import type { Control } from "@redoubt/control";
import { isRegoTest, regoSourcesOf } from "../model/rego-source.ts";

const WORKLOADS = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "template"]);

export const regoSaysEarly: Control = {
  id: "ADM-019",
  title: "Rego policies also tell the authors of workloads",
  layer: "cluster",
  item: "admission",
  severity: "info",
  references: [],
  rationale:
    "A policy on pods alone is sound, but who applies a Deployment sees success: its pods are refused later, in an event that nobody reads.",
  remediation: "Look at spec.template.spec of Deployments, StatefulSets, DaemonSets, Jobs and CronJobs as well.",
  examples: {
    file: "policy.rego",
    failing: `package kubernetes.admission

import rego.v1

deny contains "host network is not allowed" if {
	input.request.kind.kind == "Pod"
	input.request.object.spec.hostNetwork
}
`,
    passing: `package kubernetes.admission

import rego.v1

deny contains "host network is not allowed" if {
	input.request.kind.kind == "Pod"
	input.request.object.spec.hostNetwork
}

deny contains "host network is not allowed" if {
	input.request.kind.kind in {"Deployment", "StatefulSet", "DaemonSet"}
	input.request.object.spec.template.spec.hostNetwork
}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const source of regoSourcesOf(snapshot)) {
      const { resource, module, pathOf, at } = source;
      if (isRegoTest(source)) continue;
      const pod = module.tokens.find(({ kind, text }) => kind === "string" && text === '"Pod"');
      if (pod === undefined) continue;
      if (module.tokens.some(({ text }) => WORKLOADS.has(text.replaceAll(/["`]/g, "")))) report.pass(resource);
      else
        report.fail(resource, {
          message: `${at(pod.line)}only pods are judged: a Deployment that breaks this policy is applied without an error, and its pods never start`,
          path: pathOf(pod.line),
        });
    }
  },
};
