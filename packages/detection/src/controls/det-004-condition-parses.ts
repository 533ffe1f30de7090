import type { Control } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { parseCondition } from "../engine/condition.ts";
import { ruleExample } from "../model/rule-example.ts";
import { ruleItemsOf } from "../model/rules.ts";

export const conditionsParse: Control = {
  id: "DET-004",
  title: "Falco can read every condition",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "high",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K10" }],
  rationale:
    "A condition that does not parse keeps Falco from loading the whole file, and with it every other rule in it.",
  remediation: "Correct the condition at the place that the message names; falco -V FILE checks a file.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ condition: "spawned_process and (container and proc.name = apk" }),
    passing: ruleExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const item of ruleItemsOf(snapshot)) {
      const text = stringAt(item.value, ["condition"]);
      if (text === undefined || item.amends || (item.kind !== "rule" && item.kind !== "macro")) continue;
      const parsed = parseCondition(text);
      if ("macros" in parsed) report.pass(item.artifact);
      else
        report.fail(item.artifact, {
          message: `${item.kind} ${JSON.stringify(item.name)}: ${parsed.message} (character ${parsed.at + 1} of the condition)`,
          path: [...item.path, "condition"],
        });
    }
  },
};
