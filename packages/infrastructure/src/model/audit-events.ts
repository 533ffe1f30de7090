import type { ClusterEvidence, ClusterSnapshot, EvidenceOf } from "@redoubt/kube";
import { evidenceOfType } from "./evidence.ts";

/** What a running API server shows of its audit events. */
export interface AuditEventsSeen {
  /** The evidence that events are recorded, the best of it. */
  readonly recorded: ClusterEvidence | undefined;
  /** A probe whose request did not come out of the log. */
  readonly lost: EvidenceOf<"audit-probe"> | undefined;
  /** Metrics by which events were lost on the way to a log or sink, how many, and to which. */
  readonly dropped:
    | { readonly metrics: EvidenceOf<"metrics">; readonly events: number; readonly to: string }
    | undefined;
  /** Metrics by which no event was made since the API server started. */
  readonly silent: EvidenceOf<"metrics"> | undefined;
}

/** A marked request that came out of the log says more than a counter of events. */
export function auditEventsSeen(snapshot: ClusterSnapshot): AuditEventsSeen {
  const probes = evidenceOfType(snapshot, "audit-probe");
  const counted = evidenceOfType(snapshot, "metrics").filter(({ samples }) =>
    samples.some(({ name }) => name === "apiserver_audit_event_total"),
  );
  return {
    recorded: probes.find(({ found }) => found) ?? counted.find(made),
    dropped: counted.map(droppedIn).find((found) => found.events > 0),
    lost: probes.find(({ found }) => !found),
    silent: counted.find((evidence) => !made(evidence)),
  };
}

/** apiserver_audit_error_total, by plugin: log, webhook, buffered. */
function droppedIn(metrics: EvidenceOf<"metrics">): NonNullable<AuditEventsSeen["dropped"]> {
  const errors = metrics.samples.filter(({ name, value }) => name === "apiserver_audit_error_total" && value > 0);
  return {
    metrics,
    events: errors.reduce((sum, { value }) => sum + value, 0),
    to: errors.map(({ labels }) => labels["plugin"] ?? "").join(", "),
  };
}

function made({ samples }: EvidenceOf<"metrics">): boolean {
  return samples.some(({ name, value }) => name === "apiserver_audit_event_total" && value > 0);
}
