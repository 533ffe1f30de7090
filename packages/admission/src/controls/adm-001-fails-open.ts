import type { Control } from "@redoubt/control";
import type { Edit } from "@redoubt/kube";
import { blocksRecovery, ruleOverEverything, webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

export const webhooksFailClosed: Control = {
  id: "ADM-001",
  title: "Validating webhooks fail closed",
  layer: "cluster",
  item: "admission",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "With failurePolicy Ignore everything is admitted while the webhook is down, slow or overloaded, and whoever can bring that about has switched the policy off.",
  remediation: "Set failurePolicy: Fail, run at least two replicas, and exclude the webhook's own namespace.",
  examples: {
    failing: webhookExample({ settings: "  failurePolicy: Ignore\n" }),
    passing: webhookExample({ settings: "  failurePolicy: Fail\n" }),
  },
  fixable: true,
  check(snapshot, report) {
    for (const webhook of webhooksOf(snapshot)) {
      const { object, kind, path, name, value, failurePolicy } = webhook;
      if (kind !== "validating") continue;
      if (failurePolicy !== "Ignore") {
        report.pass(object);
        continue;
      }
      const at = [...path, "failurePolicy"];
      report.fail(object, {
        message: `webhook ${name} ${value.failurePolicy === undefined ? "has no failurePolicy, which in v1beta1 means Ignore" : "has failurePolicy Ignore"}: whatever it would refuse is admitted while it does not answer`,
        path: at,
        // Failing closed over its own pods, the system's or everything would trade one fault for a worse one.
        ...(blocksRecovery(snapshot, webhook) === undefined && ruleOverEverything(webhook) < 0
          ? {
              fix: {
                description: "Refuses requests while the webhook does not answer.",
                edits: [{ op: "set", path: at, value: "Fail" } satisfies Edit],
                caution:
                  "While the webhook is down nothing that it matches can be created or changed: run at least two replicas.",
              },
            }
          : {}),
      });
    }
  },
};
