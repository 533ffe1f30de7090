import type { Control } from "@redoubt/control";
import { stringsAt } from "@redoubt/kube";
import { ruleExample } from "../model/rule-example.ts";
import { ruleItemsOf } from "../model/rules.ts";

export const rulesTagged: Control = {
  id: "DET-009",
  title: "Falco rules carry tags",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "info",
  references: [],
  rationale:
    "Tags say what an alert is about (a MITRE technique, container or network), route it to the right people, and let rules be switched on and off together.",
  remediation: "Add tags, such as [container, mitre_execution, T1059].",
  examples: { file: "falco-rules.yaml", failing: ruleExample({ more: "" }), passing: ruleExample() },
  fixable: false,
  check(snapshot, report) {
    for (const item of ruleItemsOf(snapshot)) {
      if (item.kind !== "rule" || item.amends) continue;
      if (stringsAt(item.value, ["tags"]).length > 0) report.pass(item.artifact);
      else report.fail(item.artifact, { message: `rule ${JSON.stringify(item.name)} has no tags`, path: item.path });
    }
  },
};
