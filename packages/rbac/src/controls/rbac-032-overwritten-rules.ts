import type { Control } from "@redoubt/control";
import { effectiveRules, ruleKey } from "../engine/aggregation.ts";
import { accessModel } from "../model/access.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const overwrittenRules: Control = {
  id: "RBAC-032",
  title: "Rules beside an aggregation rule",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [nsa, owasp],
  rationale:
    "The controller that fills an aggregated ClusterRole replaces its rules: what is written beside the aggregationRule is lost within seconds, or grants something only until then.",
  remediation: "Put the rules into a ClusterRole of their own that carries the aggregated label.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: monitoring
aggregationRule:
  clusterRoleSelectors:
    - matchLabels:
        example.com/aggregate: "true"
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: monitoring
aggregationRule:
  clusterRoleSelectors:
    - matchLabels:
        example.com/aggregate: "true"
rules: []
`,
  },
  fixable: false,
  check(snapshot, report) {
    const model = accessModel(snapshot);
    for (const role of model.aggregates) {
      const kept = new Set(effectiveRules(model, role).map(ruleKey));
      const lost = role.rules.findIndex((rule) => !kept.has(ruleKey(rule)));
      // What a live cluster shows was put there by the controller, from roles that may be out of sight.
      if (lost < 0 || role.bootstrap || role.object.origin.kind === "cluster") {
        report.pass(role.object);
        continue;
      }
      report.fail(role.object, {
        message: `ClusterRole ${role.name} has an aggregationRule, so its rules are replaced by those of the roles it selects: ${role.rules.length === 1 ? "the rule" : `the ${role.rules.length} rules`} written here will be lost.`,
        path: ["rules", lost],
      });
    }
  },
};
