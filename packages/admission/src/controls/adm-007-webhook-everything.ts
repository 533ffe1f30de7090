import type { Control } from "@redoubt/control";
import { ruleOverEverything, webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

export const webhookRulesNamed: Control = {
  id: "ADM-007",
  title: "Webhooks see only what they judge",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K04" }],
  rationale:
    "A webhook on everything receives every Secret that is written, slows every lease and event, and when it fails closed takes the whole control plane down with it.",
  remediation: "Name the groups and resources that the policy is about.",
  examples: {
    failing: webhookExample({
      rules: '  rules:\n  - apiGroups: ["*"]\n    apiVersions: ["*"]\n    operations: ["*"]\n    resources: ["*"]\n',
    }),
    passing: webhookExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const webhook of webhooksOf(snapshot)) {
      const { object, path, name, failurePolicy } = webhook;
      const wide = ruleOverEverything(webhook);
      if (wide < 0) report.pass(object);
      else
        report.fail(object, {
          message: `webhook ${name} is sent every object of every kind, Secrets and leases among them${failurePolicy === "Fail" ? ", and fails closed: while it is down nothing in the cluster can change" : ""}`,
          path: [...path, "rules", wide],
          severity: failurePolicy === "Fail" ? "medium" : "low",
        });
    }
  },
};
