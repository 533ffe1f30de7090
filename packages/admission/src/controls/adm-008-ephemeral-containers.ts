import type { Control } from "@redoubt/control";
import { ruleHasOperation, ruleNames, webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

export const ephemeralContainersCovered: Control = {
  id: "ADM-008",
  title: "Pod policies also see ephemeral containers",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1609" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "kubectl debug adds a container through the subresource pods/ephemeralcontainers. A webhook on pods alone never sees it, so any image with any rights can be put into a running pod.",
  remediation: "Add pods/ephemeralcontainers with operation UPDATE to the rules.",
  examples: {
    failing: webhookExample({
      rules:
        '  rules:\n  - apiGroups: [""]\n    apiVersions: [v1]\n    operations: [CREATE, UPDATE]\n    resources: [pods]\n',
    }),
    passing: webhookExample(),
  },
  fixable: true,
  check(snapshot, report) {
    for (const { object, kind, path, name, rules } of webhooksOf(snapshot)) {
      const pods = rules.findIndex((rule) => ruleNames(rule, "", "pods") && ruleHasOperation(rule, "CREATE"));
      if (kind !== "validating" || pods < 0) continue;
      if (rules.some((rule) => ruleNames(rule, "", "pods/ephemeralcontainers") && ruleHasOperation(rule, "UPDATE"))) {
        report.pass(object);
        continue;
      }
      report.fail(object, {
        message: `webhook ${name} judges pods but not pods/ephemeralcontainers: kubectl debug adds containers that it never sees`,
        path: [...path, "rules", pods, "resources"],
        fix: {
          description: "Shows the webhook ephemeral containers too.",
          edits: [
            {
              op: "append",
              path: [...path, "rules"],
              value: {
                apiGroups: [""],
                apiVersions: ["v1"],
                operations: ["UPDATE"],
                resources: ["pods/ephemeralcontainers"],
              },
            },
          ],
          caution: "The policy must look at spec.ephemeralContainers for this to change anything.",
        },
      });
    }
  },
};
