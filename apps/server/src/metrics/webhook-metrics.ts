import type { PolicyReference, Violation } from "@redoubt/admission";
import { AuditMetrics } from "../audit/audit-metrics.ts";
import type { PoliciesInForce } from "../policies/policy-store.ts";
import {
  Histogram,
  type HistogramSeries,
  METRICS_TYPE,
  type Metric,
  type MetricsSnapshot,
  NumberMetric,
  snapshotOf,
  writeMetrics,
} from "./metric.ts";

export { METRICS_TYPE };

/** What became of a request to the webhook. */
export type Outcome = "allowed" | "denied" | "exempt" | "error" | "refused";

/** Everything that `/metrics` tells. docs/webhook.md lists it. */
export class WebhookMetrics {
  readonly requests: NumberMetric = new NumberMetric(
    "counter",
    "redoubt_admission_requests_total",
    "Requests by endpoint and outcome; refused ones held no review that could be judged.",
    ["endpoint", "outcome"],
  );
  readonly duration: Histogram = new Histogram(
    "redoubt_admission_request_duration_seconds",
    "From the last byte of a request to its answer.",
    ["endpoint"],
  );
  readonly inFlight: NumberMetric = new NumberMetric(
    "gauge",
    "redoubt_admission_requests_in_flight",
    "Requests that are being read or judged.",
    [],
  );
  readonly connections: NumberMetric = new NumberMetric("gauge", "redoubt_connections", "Open connections.", []);
  readonly connectionErrors: NumberMetric = new NumberMetric(
    "counter",
    "redoubt_connection_errors_total",
    "Connections that were given up: failed handshakes, bad HTTP, slow senders.",
    ["reason"],
  );
  readonly violations: NumberMetric = new NumberMetric(
    "counter",
    "redoubt_policy_violations_total",
    "Violations by policy and what they led to.",
    ["kind", "policy", "action"],
  );
  readonly policyDuration: Histogram = new Histogram(
    "redoubt_policy_duration_seconds",
    "How long a policy took to judge a request.",
    ["kind", "policy"],
  );
  readonly policies: NumberMetric = new NumberMetric("gauge", "redoubt_policies", "Policy objects in force, by kind.", [
    "kind",
  ]);
  readonly policyProblems: NumberMetric = new NumberMetric(
    "gauge",
    "redoubt_policy_problems",
    "Policies that are not in force as their authors want them, by source.",
    ["source"],
  );
  readonly swaps: NumberMetric = new NumberMetric(
    "counter",
    "redoubt_policy_reloads_total",
    "Times that policies were put in force anew, and whether all of them could be.",
    ["result"],
  );
  readonly swappedAt: NumberMetric = new NumberMetric(
    "gauge",
    "redoubt_policy_last_reload_timestamp_seconds",
    "When policies were last put in force.",
    [],
  );
  readonly certificateExpiry: NumberMetric = new NumberMetric(
    "gauge",
    "redoubt_certificate_expiry_timestamp_seconds",
    "When the serving certificate expires.",
    [],
  );
  readonly certificateReloads: NumberMetric = new NumberMetric(
    "counter",
    "redoubt_certificate_reloads_total",
    "Serving certificates that were put to use or could not be.",
    ["result"],
  );
  readonly audits: AuditMetrics = new AuditMetrics();
  readonly #memory: NumberMetric = new NumberMetric(
    "gauge",
    "process_resident_memory_bytes",
    "Resident memory size in bytes.",
    [],
  );
  readonly #cpu: NumberMetric = new NumberMetric(
    "counter",
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds.",
    [],
  );
  /** By the policies' own references, of which each policy in force has one. */
  #durations = new WeakMap<PolicyReference, HistogramSeries>();

  /** One policy's part of a decision. */
  readonly observePolicy = (policy: PolicyReference, milliseconds: number): void => {
    let series = this.#durations.get(policy);
    if (series === undefined) {
      series = this.policyDuration.at(policy.kind, policy.name);
      this.#durations.set(policy, series);
    }
    series.observe(milliseconds / 1000);
  };

  countViolation({ policy: { kind, name }, action }: Violation): void {
    this.violations.at(kind, name, action).add(1);
  }

  /** Series of policies that are no longer there go with them, so that their number stays that of the policies. */
  forgetPolicies(): void {
    this.#durations = new WeakMap();
    this.policyDuration.clear();
    this.violations.clear();
  }

  policiesSwapped({ objects, problems }: PoliciesInForce, now: Date): void {
    this.forgetPolicies();
    this.policies.clear();
    this.policyProblems.clear();
    for (const { kind } of objects) if (typeof kind === "string") this.policies.at(kind).add(1);
    for (const { source } of problems) this.policyProblems.at(source).add(1);
    this.swaps.at(problems.length === 0 ? "success" : "problems").add(1);
    this.swappedAt.at().set(now.getTime() / 1000);
  }

  /** What several processes that answer share: requests and what became of them, and the processes themselves. */
  snapshot(): MetricsSnapshot {
    this.#observeProcess();
    return snapshotOf([...this.#answering, this.#memory, this.#cpu]);
  }

  /** `others` are of the processes that answer beside this one, or for it. */
  write(others: readonly MetricsSnapshot[] = []): string {
    this.#observeProcess();
    const metrics: readonly Metric[] = [
      ...this.#answering,
      this.policies,
      this.policyProblems,
      this.swaps,
      this.swappedAt,
      this.certificateExpiry,
      this.certificateReloads,
      ...this.audits.all,
      this.#memory,
      this.#cpu,
    ];
    return writeMetrics(metrics, others);
  }

  get #answering(): readonly Metric[] {
    return [
      this.requests,
      this.duration,
      this.inFlight,
      this.connections,
      this.connectionErrors,
      this.violations,
      this.policyDuration,
    ];
  }

  #observeProcess(): void {
    this.#memory.at().set(process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    this.#cpu.at().set((user + system) / 1e6);
  }
}
