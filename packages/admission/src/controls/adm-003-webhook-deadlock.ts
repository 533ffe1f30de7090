import type { Control } from "@redoubt/control";
import { blocksRecovery, seesPodCreation, webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

export const webhookCannotDeadlock: Control = {
  id: "ADM-003",
  title: "A webhook that is down does not keep itself down",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K04" }],
  rationale:
    "A webhook that must be asked before its own pods may start cannot be started again once all of them are gone; one over kube-system can keep DNS and the network from coming back after an outage.",
  remediation:
    "Exclude the webhook's own namespace, and kube-system, by kubernetes.io/metadata.name in the namespaceSelector.",
  examples: { failing: webhookExample({ selectors: "" }), passing: webhookExample() },
  fixable: false,
  check(snapshot, report) {
    for (const webhook of webhooksOf(snapshot)) {
      const { object, path, name, value, failurePolicy } = webhook;
      if (failurePolicy !== "Fail" || !seesPodCreation(webhook)) continue;
      const blocked = blocksRecovery(snapshot, webhook);
      const at = [...path, "namespaceSelector"];
      if (blocked === undefined) report.pass(object);
      else
        report.fail(object, {
          message:
            blocked === "itself"
              ? `webhook ${name} fails closed and is asked about pods in ${value.clientConfig?.service?.namespace ?? ""}, its own namespace: once all its pods are gone none can start again`
              : `webhook ${name} fails closed and is asked about pods in kube-system: while it is down DNS and network agents cannot start`,
          path: at,
          severity: blocked === "itself" ? "medium" : "low",
        });
    }
  },
};
