import type { Control } from "@redoubt/control";
import { DEFAULT_RULES } from "../model/default-names.ts";
import { ruleExample } from "../model/rule-example.ts";
import { ruleItemsOf } from "../model/rules.ts";

export const rulesEnabled: Control = {
  id: "DET-007",
  title: "Falco rules are switched on",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "low",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "A rule that was switched off while it was noisy is usually never switched on again, and what it watched goes unseen.",
  remediation: "Remove enabled: false, and add an exception for what made the noise.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ more: "  enabled: false\n  tags: [container]\n" }),
    passing: ruleExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const item of ruleItemsOf(snapshot)) {
      if (item.kind !== "rule") continue;
      const off =
        item.value["enabled"] === false ||
        (typeof item.value["enabled"] === "string" && /^(?:false|no|off|n)$/i.test(item.value["enabled"]));
      if (!off) report.pass(item.artifact);
      else
        report.fail(item.artifact, {
          message: DEFAULT_RULES.has(item.name)
            ? `the default rule ${JSON.stringify(item.name)} is switched off`
            : `rule ${JSON.stringify(item.name)} is switched off and detects nothing`,
          path: [...item.path, "enabled"],
          severity: DEFAULT_RULES.has(item.name) ? "medium" : "low",
        });
    }
  },
};
