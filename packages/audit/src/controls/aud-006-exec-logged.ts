import type { Control } from "@redoubt/control";
import { describeDecision, runProbe } from "../engine/probe.ts";
import { auditPoliciesOf } from "../model/given.ts";

const PROBES = ["exec", "attach", "portforward"].flatMap((subresource) =>
  ["get", "create"].map((verb) => ({ verb, apiGroup: "", resource: "pods", subresource })),
);

export const execLogged: Control = {
  id: "AUD-006",
  title: "Sessions into pods are recorded",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "3.2.2" },
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1609" },
  ],
  rationale:
    "exec, attach and port-forward are how a person, or an intruder, enters a running container. kubectl since 1.31 opens them over WebSocket, a GET request, so the audit verb is get: a policy that drops reads drops them too.",
  remediation:
    "Before any rule that drops reads, put `level: Metadata` for pods/exec, pods/attach and pods/portforward, for all verbs.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  verbs: [get, list, watch]
- level: Metadata
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - resources: [secrets, pods/exec, pods/attach, pods/portforward]
- level: None
  verbs: [get, list, watch]
- level: Metadata
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      const hidden = PROBES.flatMap((probe) => runProbe(policy, probe)).filter(
        ({ decision }) => decision.level === "None",
      );
      const [first] = hidden;
      if (first === undefined) {
        report.pass(object);
        continue;
      }
      const verbs = new Set(hidden.map(({ probe }) => probe.verb));
      const sessions = [...new Set(hidden.map(({ probe }) => `pods/${probe.subresource}`))].join(", ");
      const means = verbs.has("create") ? "" : " (a GET is how kubectl 1.31 and newer open them)";
      const { matchedRule } = first.decision;
      report.fail(object, {
        message: `${[...verbs].join(" and ")} on ${sessions}${means} is not recorded: ${describeDecision(first.decision)}${matchedRule === undefined ? "" : " with level None"}`,
        path: matchedRule === undefined ? ["rules"] : ["rules", matchedRule, "level"],
      });
    }
  },
};
