import type { Control } from "@redoubt/control";
import type { RegoModule } from "../engine/rego-module.ts";
import { isRegoTest, regoSourcesOf } from "../model/rego-source.ts";

export const regoAllContainers: Control = {
  id: "ADM-018",
  title: "Rego policies look at all containers of a pod",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1610" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "Init containers and ephemeral containers run with the same rights as the others. A policy that only looks at spec.containers is passed by moving the forbidden one.",
  remediation: "Walk through spec.containers, spec.initContainers and spec.ephemeralContainers.",
  examples: {
    file: "policy.rego",
    failing: `package kubernetes.admission

import rego.v1

deny contains "privileged containers are not allowed" if {
	some container in input.request.object.spec.containers
	container.securityContext.privileged
}
`,
    passing: `package kubernetes.admission

import rego.v1

deny contains "privileged containers are not allowed" if {
	some field in ["containers", "initContainers", "ephemeralContainers"]
	some container in input.request.object.spec[field]
	container.securityContext.privileged
}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const source of regoSourcesOf(snapshot)) {
      const { resource, module, pathOf, at } = source;
      const line = firstUse(module, "containers");
      if (line === undefined || isRegoTest(source)) continue;
      const about = module.tokens.map(({ text }) => text);
      const missing = [
        ...(mentions(module, "initContainers") || about.some((word) => word.endsWith("Probe"))
          ? []
          : ["spec.initContainers"]),
        ...(mentions(module, "ephemeralContainers") ||
        about.some((word) => word.endsWith("Probe") || word === "resources")
          ? []
          : ["spec.ephemeralContainers"]),
      ];
      if (missing.length === 0) report.pass(resource);
      else
        report.fail(resource, {
          message: `${at(line)}this policy looks at spec.containers but never at ${missing.join(" or ")}, which run with the same rights`,
          path: pathOf(line),
          severity: missing.includes("spec.initContainers") ? "medium" : "low",
        });
    }
  },
};

function mentions({ tokens }: RegoModule, field: string): boolean {
  return tokens.some(({ kind, text }) => (kind === "string" ? text.slice(1, -1) : text) === field);
}

/** Where `.containers` or `"containers"` is read; a rule or variable of that name is not it. */
function firstUse({ tokens }: RegoModule, field: string): number | undefined {
  return tokens.find(({ kind, text }, index) =>
    kind === "string" ? text.slice(1, -1) === field : text === field && tokens[index - 1]?.text === ".",
  )?.line;
}
