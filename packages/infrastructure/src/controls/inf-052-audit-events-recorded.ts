import type { Control } from "@redoubt/control";
import { auditEventsSeen } from "../model/audit-events.ts";
import { gapOf, looksAtCluster, readAt } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const auditEventsRecorded: Control = {
  id: "INF-052",
  title: "Audit events really come out of the API server",
  layer: "infrastructure",
  item: "audit-logging",
  severity: "high",
  references: [
    ...cisReferences("3.2.1"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "A full disk, a policy that leaves everything out or a sink that is down are seen only where events should arrive.",
  remediation: "Set --audit-policy-file and a sink that is read, and look for a request of your own in it.",
  examples: {
    failing: example(false),
    passing: example(true),
  },
  fixable: false,
  check(snapshot, report) {
    const { recorded, dropped, lost, silent } = auditEventsSeen(snapshot);
    if (lost !== undefined) {
      report.fail(lost.object, {
        message: `${lost.request} did not appear in ${lost.log}: events are not recorded there, or the policy leaves out who reads Secrets`,
        path: ["found"],
      });
      return;
    }
    if (dropped !== undefined) {
      report.fail(dropped.metrics.object, {
        message: `kube-apiserver (${readAt(dropped.metrics)}): ${dropped.events} audit events could not be written (${dropped.to}) since it started`,
        severity: "medium",
        path: ["samples"],
      });
      return;
    }
    if (recorded !== undefined) {
      report.pass(recorded.object);
      return;
    }
    if (!looksAtCluster(snapshot)) return;
    const gap = gapOf(snapshot, "audit-probe") ?? gapOf(snapshot, "metrics");
    report.unknown(silent?.object, {
      message:
        silent === undefined
          ? `whether audit events are recorded is not known${gap === undefined ? "" : `: ${gap.message}`}`
          : `kube-apiserver (${readAt(silent)}) has made no audit event since it started`,
      needs:
        gap?.needs ??
        "redoubt scan --live --audit-log PATH where the log can be read, or a scan after the API server has recorded something",
    });
  },
};

function example(found: boolean): string {
  return `apiVersion: evidence.redoubt.dev/v1
kind: AuditProbe
metadata:
  name: kube-apiserver
source: the audit log /var/log/kubernetes/audit.log
time: "2026-11-24T00:00:00Z"
request: GET /api/v1/namespaces/kube-system/secrets/redoubt-audit-probe
log: /var/log/kubernetes/audit.log
found: ${found}
`;
}
