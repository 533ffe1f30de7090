import type { Control } from "@redoubt/control";
import { webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

export const matchPolicyEquivalent: Control = {
  id: "ADM-006",
  title: "Webhooks match every version of what they guard",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "With matchPolicy Exact an object that is sent in another version or group of the same kind, one that a future Kubernetes adds for example, is not shown to the webhook.",
  remediation: "Set matchPolicy: Equivalent, the default of v1.",
  examples: { failing: webhookExample({ settings: "  matchPolicy: Exact\n" }), passing: webhookExample() },
  fixable: true,
  check(snapshot, report) {
    for (const { object, path, name, value, matchPolicy, rules } of webhooksOf(snapshot)) {
      const everyVersion =
        rules.length > 0 &&
        rules.every(({ apiVersions = [], apiGroups = [] }) => apiVersions.includes("*") && apiGroups.includes("*"));
      if (matchPolicy !== "Exact" || everyVersion) {
        report.pass(object);
        continue;
      }
      const at = [...path, "matchPolicy"];
      report.fail(object, {
        message: `webhook ${name} ${value.matchPolicy === undefined ? "has no matchPolicy, which in v1beta1 means Exact" : "has matchPolicy Exact"}: the same object in another API version is not shown to it`,
        path: at,
        fix: {
          description: "Shows the webhook every version of the objects that it guards.",
          edits: [{ op: "set", path: at, value: "Equivalent" }],
        },
      });
    }
  },
};
