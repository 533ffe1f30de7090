import type { Control } from "@redoubt/control";
import { type Path, stringAt } from "@redoubt/kube";
import { ruleExample } from "../model/rule-example.ts";
import { type RuleItem, ruleItemsOf } from "../model/rules.ts";

export const noDeprecatedSyntax: Control = {
  id: "DET-008",
  title: "Falco rules use no deprecated keys or fields",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "low",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K10" }],
  rationale:
    "append is deprecated in favour of override, and evt.dir and the latency fields no longer mean anything, since Falco keeps only exit events: evt.dir = > is always false, so a rule with it detects nothing.",
  remediation: "Write override: {condition: append}; remove evt.dir and the latency fields.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ condition: "evt.type = execve and evt.dir = < and container" }),
    passing: ruleExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const item of ruleItemsOf(snapshot)) {
      const found = deprecatedIn(item);
      if (found.length === 0) report.pass(item.artifact);
      for (const { path, message, high } of found)
        report.fail(item.artifact, {
          message: `${item.kind} ${JSON.stringify(item.name)} ${message}`,
          path: [...item.path, ...path],
          ...(high ? { severity: "high" as const } : {}),
        });
    }
  },
};

function deprecatedIn({ value }: RuleItem): readonly { path: Path; message: string; high: boolean }[] {
  const found: { path: Path; message: string; high: boolean }[] = [];
  if (value["append"] === true)
    found.push({
      path: ["append"],
      message: "uses append, which is deprecated: override says for each key what is appended",
      high: false,
    });
  const condition = (stringAt(value, ["condition"]) ?? "").replaceAll(/"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/g, '""');
  if (/\bevt\.dir\s*(?:=|==)\s*>/.test(condition))
    found.push({
      path: ["condition"],
      message: "asks for evt.dir = >, which is never true since Falco keeps only exit events",
      high: true,
    });
  else if (/\bevt\.dir\b/.test(condition))
    found.push({
      path: ["condition"],
      message: "uses evt.dir, which is deprecated: Falco keeps only exit events",
      high: false,
    });
  const latency = /\bevt\.(?:latency(?:\.\w+)?|wait_latency)\b/.exec(condition);
  if (latency !== null)
    found.push({
      path: ["condition"],
      message: `uses ${latency[0]}, which is deprecated and has no value any more`,
      high: false,
    });
  if ((stringAt(value, ["output"]) ?? "").includes("%container.info"))
    found.push({ path: ["output"], message: "prints %container.info, which is deprecated and empty", high: false });
  return found;
}
