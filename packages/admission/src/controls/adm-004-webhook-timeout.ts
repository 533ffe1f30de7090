import type { Control } from "@redoubt/control";
import { webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

const LIMIT = 10;

export const webhookTimeout: Control = {
  id: "ADM-004",
  title: "Webhooks answer within ten seconds",
  layer: "cluster",
  item: "admission",
  severity: "low",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K04" }],
  rationale:
    "Every matching request waits for the webhook. One that may take half a minute stalls deployments and controllers long before anybody sees an error.",
  remediation: "Set timeoutSeconds to 10 or less; 5 is plenty for a policy that asks nobody else.",
  examples: {
    failing: webhookExample({ settings: "  timeoutSeconds: 30\n" }),
    passing: webhookExample({ settings: "  timeoutSeconds: 5\n" }),
  },
  fixable: true,
  check(snapshot, report) {
    for (const { object, path, name, value, timeoutSeconds } of webhooksOf(snapshot)) {
      const at = [...path, "timeoutSeconds"];
      if (timeoutSeconds >= 1 && timeoutSeconds <= LIMIT) {
        report.pass(object);
        continue;
      }
      const given =
        value.timeoutSeconds === undefined
          ? `has no timeoutSeconds, which in v1beta1 means ${timeoutSeconds}`
          : `has timeoutSeconds ${timeoutSeconds}`;
      const refused = timeoutSeconds < 1 || timeoutSeconds > 30;
      report.fail(object, {
        message: refused
          ? `webhook ${name} ${given}: the API server takes 1 to 30`
          : `webhook ${name} ${given}: every matching request may wait that long`,
        path: at,
        fix: {
          description: `Waits ${LIMIT} seconds at most, the default of v1.`,
          edits: [{ op: "set", path: at, value: LIMIT }],
        },
      });
    }
  },
};
