import type { Control } from "@redoubt/control";
import { describeDecision, describeProbe, runProbe } from "../engine/probe.ts";
import { auditPoliciesOf } from "../model/given.ts";

const READS = ["get", "list", "watch"].map((verb) => ({ verb, apiGroup: "", resource: "secrets" }));

export const secretReadsLogged: Control = {
  id: "AUD-001",
  title: "Reads of Secrets are recorded",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "3.2.2" },
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "Reading a Secret is how credentials leave a cluster. A policy that drops reads to save space drops exactly the requests that an investigation starts from.",
  remediation:
    "Put a rule `level: Metadata` for secrets before the rule that drops reads: the first rule that matches decides.",
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
  - resources: [secrets]
- level: None
  verbs: [get, list, watch]
- level: Metadata
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      const hidden = READS.flatMap((probe) => runProbe(policy, probe)).filter(
        ({ decision }) => decision.level === "None",
      );
      const [first] = hidden;
      if (first === undefined) {
        report.pass(object);
        continue;
      }
      const verbs = [...new Set(hidden.map(({ probe }) => probe.verb))].join(", ");
      const { matchedRule } = first.decision;
      const where = first.namespace.startsWith("any-other") ? "" : ` in namespace ${first.namespace}`;
      report.fail(object, {
        message: `${verbs} of Secrets${where} leaves no trace in the audit log: for "${describeProbe(first.probe)}", ${describeDecision(first.decision)}${matchedRule === undefined ? "" : " with level None"}`,
        path: matchedRule === undefined ? ["rules"] : ["rules", matchedRule, "level"],
      });
    }
  },
};
