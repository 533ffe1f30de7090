import assert from "node:assert/strict";
import { test } from "node:test";
import { writeMetrics } from "../metrics/metric.ts";
import { AuditMetrics } from "./audit-metrics.ts";

test("metrics tell of the last audit, and count those that did not see everything", () => {
  const metrics = new AuditMetrics();
  const summary = { objects: 7, violations: 2, milliseconds: 1500, unread: [], problems: [] };
  metrics.ended({ ...summary, objects: 6, unread: [["/Secret", "forbidden"]] }, new Date(1000));
  metrics.ended(summary, new Date(2000));
  const text = writeMetrics(metrics.all);
  for (const line of [
    'redoubt_audits_total{result="partial"} 1',
    'redoubt_audits_total{result="whole"} 1',
    "redoubt_audit_last_end_timestamp_seconds 2",
    "redoubt_audit_duration_seconds 1.5",
    "redoubt_audit_objects 7",
    "redoubt_audit_violations 2",
  ])
    assert.ok(text.split("\n").includes(line), `${line} in\n${text}`);
});
