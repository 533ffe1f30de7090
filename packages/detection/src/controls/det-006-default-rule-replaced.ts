import type { Control } from "@redoubt/control";
import { DEFAULT_RULES } from "../model/default-names.ts";
import { ruleExample } from "../model/rule-example.ts";
import { ruleItemsOf } from "../model/rules.ts";

/** A file that defines this many of the default rules is the default rule set itself. */
const OWN_COPY = 8;

export const defaultRulesKept: Control = {
  id: "DET-006",
  title: "No rule replaces a default rule by accident",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "medium",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K10" }],
  rationale:
    "A rule with the name of a default rule takes its place as a whole: its exceptions, its tags and later improvements are gone, and with them what keeps the rule quiet or sharp.",
  remediation:
    "Give the rule a name of its own, or change the default rule with override: and only the keys that should differ.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ name: "Terminal shell in container" }),
    passing: ruleExample(),
  },
  fixable: false,
  check(snapshot, report) {
    const rules = ruleItemsOf(snapshot).filter(({ kind, amends }) => kind === "rule" && !amends);
    for (const item of rules) {
      const copies = rules.filter(({ artifact, name }) => artifact === item.artifact && DEFAULT_RULES.has(name)).length;
      if (!DEFAULT_RULES.has(item.name) || copies >= OWN_COPY) report.pass(item.artifact);
      else
        report.fail(item.artifact, {
          message: `rule ${JSON.stringify(item.name)} has the name of one of Falco's default rules and takes its place: that rule's condition, exceptions and tags are gone`,
          path: [...item.path, "rule"],
        });
    }
  },
};
