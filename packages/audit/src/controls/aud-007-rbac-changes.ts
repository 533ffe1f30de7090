import type { Control } from "@redoubt/control";
import { describeDecision, runProbe } from "../engine/probe.ts";
import { auditPoliciesOf } from "../model/given.ts";

const GROUP = "rbac.authorization.k8s.io";
const VERBS = ["create", "update", "patch", "delete"];
const PROBES = [
  ...["roles", "rolebindings"].flatMap((resource) => VERBS.map((verb) => ({ verb, apiGroup: GROUP, resource }))),
  ...["clusterroles", "clusterrolebindings"].flatMap((resource) =>
    VERBS.map((verb) => ({ verb, apiGroup: GROUP, resource, clusterScoped: true })),
  ),
];

export const rbacChangesLogged: Control = {
  id: "AUD-007",
  title: "Changes of permissions are recorded",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "3.2.2" },
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1098.006" },
  ],
  rationale:
    "A new binding is the quietest way to stay in a cluster. Without a record nobody can tell who granted what to whom, or when.",
  remediation:
    "Record create, update, patch and delete in rbac.authorization.k8s.io at least at Metadata; Request also shows what was granted.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: RequestResponse
  resources:
  - resources: [pods]
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Request
  resources:
  - group: rbac.authorization.k8s.io
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
      const verbs = [...new Set(hidden.map(({ probe }) => probe.verb))].join(", ");
      const resources = [...new Set(hidden.map(({ probe }) => probe.resource))].join(", ");
      const { matchedRule } = first.decision;
      report.fail(object, {
        message: `${verbs} of ${resources} is not recorded: ${describeDecision(first.decision)}${matchedRule === undefined ? "" : " with level None"}`,
        path: matchedRule === undefined ? ["rules"] : ["rules", matchedRule, "level"],
      });
    }
  },
};
