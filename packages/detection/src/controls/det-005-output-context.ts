import type { Control } from "@redoubt/control";
import { stringAt } from "@redoubt/kube";
import { ruleExample } from "../model/rule-example.ts";
import { ruleItemsOf, sourceOf } from "../model/rules.ts";

export const outputsTellWhere: Control = {
  id: "DET-005",
  title: "Alerts say who did what",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "low",
  references: [{ framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" }],
  rationale:
    "By the time someone looks, the container is gone. What the alert did not carry cannot be found out any more.",
  remediation:
    "Put the process (%proc.cmdline) and the user (%user.name) into the output; Falco adds the container and pod by itself since 0.41, older ones need %container.id and %k8s.pod.name.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ output: "Package manager in container (command=%proc.cmdline)" }),
    passing: ruleExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const item of ruleItemsOf(snapshot)) {
      const output = stringAt(item.value, ["output"]);
      if (item.kind !== "rule" || output === undefined || item.amends) continue;
      const has = (...prefixes: string[]): boolean =>
        prefixes.some((prefix) => output.includes(`%${prefix}`) || output.includes(`(${prefix}`));
      const missing: string[] = [];
      const source = sourceOf(item);
      if (source === "syscall") {
        if (!has("proc.", "fd.", "evt.")) missing.push("what happened (%proc.cmdline)");
        if (!has("user.", "proc.loginuid")) missing.push("who did it (%user.name)");
      } else if (source === "k8s_audit") {
        if (!has("ka.user.", "ka.impuser.", "jevt.")) missing.push("who did it (%ka.user.name)");
      } else continue;
      if (missing.length === 0) report.pass(item.artifact);
      else
        report.fail(item.artifact, {
          message: `rule ${JSON.stringify(item.name)}: the alert does not say ${missing.join(", nor ")}`,
          path: [...item.path, "output"],
        });
    }
  },
};
