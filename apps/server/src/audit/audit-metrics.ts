import { type Metric, NumberMetric } from "../metrics/metric.ts";
import type { AuditSummary } from "./auditor.ts";

/** What `/metrics` tells of audits. docs/gatekeeper.md lists it. */
export class AuditMetrics {
  readonly #audits = new NumberMetric(
    "counter",
    "redoubt_audits_total",
    "Audits that have ended, and whether all of the cluster could be read and told.",
    ["result"],
  );
  readonly #ended = gauge("redoubt_audit_last_end_timestamp_seconds", "When the last audit has ended.");
  readonly #duration = gauge("redoubt_audit_duration_seconds", "How long the last audit took.");
  readonly #objects = gauge("redoubt_audit_objects", "Objects that the last audit has judged.");
  readonly #violations = gauge("redoubt_audit_violations", "Violations that the last audit has found.");

  get all(): readonly Metric[] {
    return [this.#audits, this.#ended, this.#duration, this.#objects, this.#violations];
  }

  ended({ objects, violations, milliseconds, unread, problems }: AuditSummary, now: Date): void {
    this.#audits.at(unread.length === 0 && problems.length === 0 ? "whole" : "partial").add(1);
    this.#ended.at().set(now.getTime() / 1000);
    this.#duration.at().set(milliseconds / 1000);
    this.#objects.at().set(objects);
    this.#violations.at().set(violations);
  }
}

function gauge(name: string, help: string): NumberMetric {
  return new NumberMetric("gauge", name, help, []);
}
