import type { Control } from "@redoubt/control";
import { type Path, listAt } from "@redoubt/kube";
import { ruleExample } from "../model/rule-example.ts";
import { type RuleItem, ruleItemsOf } from "../model/rules.ts";

const PRIORITIES = ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "info", "debug"];

export const rulesComplete: Control = {
  id: "DET-003",
  title: "Falco rules have all that they need",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "high",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K10" }],
  rationale:
    "One rule without an output, or with a priority that does not exist, keeps Falco from loading the whole file.",
  remediation: "Give every rule condition, desc, output and priority.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ priority: "  priority: HIGH\n" }),
    passing: ruleExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const item of ruleItemsOf(snapshot)) {
      const problems = problemsOf(item);
      if (problems.length === 0) report.pass(item.artifact);
      for (const { path, message, mild } of problems)
        report.fail(item.artifact, {
          message,
          path: [...item.path, ...path],
          ...(mild === true ? { severity: "low" as const } : {}),
        });
    }
  },
};

function problemsOf({
  kind,
  name,
  value,
  amends,
}: RuleItem): readonly { path: Path; message: string; mild?: boolean }[] {
  const who = `${kind} ${JSON.stringify(name)}`;
  if (kind === "unknown")
    return [
      {
        path: [],
        message: `an item with ${Object.keys(value).join(", ")} is neither rule, macro nor list: Falco skips it`,
        mild: true,
      },
    ];
  if (kind.startsWith("required_")) return [];
  if (name === "") return [{ path: [kind], message: `a ${kind} has no name` }];
  const problems: { path: Path; message: string }[] = [];
  const needed = { rule: ["condition", "output", "desc", "priority"], macro: ["condition"], list: ["items"] }[
    kind === "rule" || kind === "macro" ? kind : "list"
  ];
  if (!amends)
    for (const key of needed)
      if (value[key] === undefined || value[key] === null || value[key] === "")
        problems.push({ path: [], message: `${who} has no ${key}: Falco does not load the file` });
  const priority = value["priority"];
  if (typeof priority === "string" && priority !== "" && !PRIORITIES.includes(priority.toLowerCase()))
    problems.push({
      path: ["priority"],
      message: `${who} has priority ${priority}, which does not exist: it is one of ${PRIORITIES.slice(0, 7).join(", ")}, debug`,
    });
  if (kind === "list" && value["items"] !== undefined && !Array.isArray(value["items"]))
    problems.push({ path: ["items"], message: `${who}: items must be a list` });
  if (kind === "list" && listAt(value, ["items"]).some((item) => typeof item === "object"))
    problems.push({ path: ["items"], message: `${who}: items must be plain values` });
  return problems;
}
