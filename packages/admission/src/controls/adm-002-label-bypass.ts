import type { Control } from "@redoubt/control";
import { optIns, optOuts, seesWorkloads, webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

export const webhookNotBypassedByLabel: Control = {
  id: "ADM-002",
  title: "No label on an object takes it out of a policy",
  layer: "cluster",
  item: "admission",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "Whoever creates an object chooses its labels. A validating webhook with an objectSelector is asked only about objects whose authors want it to be asked.",
  remediation:
    "Remove the objectSelector; exempt by namespace name (kubernetes.io/metadata.name), by user in matchConditions, or in the policy itself.",
  examples: {
    failing: webhookExample({
      settings:
        "  objectSelector:\n    matchExpressions:\n    - key: policy.example.com/skip\n      operator: DoesNotExist\n",
    }),
    passing: webhookExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const webhook of webhooksOf(snapshot)) {
      if (webhook.kind !== "validating" || !seesWorkloads(webhook)) continue;
      const { object, path, name, value } = webhook;
      const byObject = [
        ...optOuts(value.objectSelector, [...path, "objectSelector"]).map((item) => ({ ...item, how: "carries" })),
        ...optIns(value.objectSelector, [...path, "objectSelector"]).map((item) => ({ ...item, how: "leaves out" })),
      ];
      const byNamespace = optOuts(value.namespaceSelector, [...path, "namespaceSelector"]).filter(
        ({ key }) => key !== "kubernetes.io/metadata.name",
      );
      if (byObject.length + byNamespace.length === 0) report.pass(object);
      for (const { key, how, path: at } of byObject)
        report.fail(object, {
          message: `webhook ${name} is not asked about an object that ${how} the label ${key}, which its author decides`,
          path: at,
        });
      for (const { key, path: at } of byNamespace)
        report.fail(object, {
          message: `webhook ${name} is not asked about namespaces with the label ${key}: whoever may label a namespace takes it out of the policy`,
          path: at,
          severity: "low",
        });
    }
  },
};
