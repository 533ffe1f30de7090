import type { Control } from "@redoubt/control";
import { closestName, conditionOf, definedNames } from "../engine/rule-set.ts";
import { OPTIONAL_NAMES } from "../model/default-names.ts";
import { ruleExample } from "../model/rule-example.ts";
import { ruleItemsOf } from "../model/rules.ts";

export const macrosDefined: Control = {
  id: "DET-001",
  title: "Falco rules use macros that exist",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "Falco refuses a rule file with an undefined macro. A Falco that does not start, or goes on with the rules from before, sees nothing of what the file was written for.",
  remediation: "Use the name that the default rules have, or define the macro in this file.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ condition: "spawned_process and containers and proc.name in (apk, apt)" }),
    passing: ruleExample(),
  },
  fixable: false,
  check(snapshot, report) {
    const items = ruleItemsOf(snapshot);
    const { macros } = definedNames(items);
    for (const item of items) {
      const condition = conditionOf(item);
      if (condition === undefined) continue;
      const unknown = [...new Set(condition.macros)].filter((name) => !macros.has(name));
      if (unknown.length === 0) report.pass(item.artifact);
      for (const name of unknown) {
        const optional = OPTIONAL_NAMES.has(name);
        const meant = optional ? undefined : closestName(name, macros);
        report.fail(item.artifact, {
          message: optional
            ? `${item.kind} ${JSON.stringify(item.name)} uses macro ${name}, which only the incubating or sandbox rules define: without them Falco does not load this file`
            : `${item.kind} ${JSON.stringify(item.name)} uses macro ${name}, which neither this file nor Falco's default rules define${meant === undefined ? "" : ` (they have ${meant})`}: Falco does not load the file`,
          path: [...item.path, "condition"],
          severity: optional ? "medium" : "high",
        });
      }
    }
  },
};
