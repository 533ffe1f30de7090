import type { Log } from "../log.ts";
import type { WebhookMetrics } from "../metrics/webhook-metrics.ts";
import type { PoliciesInForce, PolicyStore } from "./policy-store.ts";

/** Says in metrics and in the log what has come into force, each time. */
export function announcePolicies(store: PolicyStore, metrics: WebhookMetrics, log: Log): void {
  store.onSwap((policies) => {
    metrics.policiesSwapped(policies, new Date());
    logSwap(log, policies);
  });
}

function logSwap(log: Log, { revision, objects, problems }: PoliciesInForce): void {
  log.info("policies are in force", { revision, policies: objects.length, problems: problems.length });
  for (const { source, kind, name, message, line, column, isEarlierKept } of problems) {
    log.error("a policy is not in force", { source, kind, name, error: message, line, column, isEarlierKept });
  }
}
