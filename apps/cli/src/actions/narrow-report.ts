import { type Severity } from "@redoubt/control";
import type { Diagnostic } from "@redoubt/kube";
import { type Report, type ReportedFinding, atLeast } from "@redoubt/posture";

/**
 * A report with fewer findings to show. Verdicts, checklist and score stay those of everything that was given: leaving findings
 * out must not make anything look better. The report says how many are not shown.
 */
export function narrowReport(report: Report, keep: (reported: ReportedFinding) => boolean, why: string): Report {
  const findings = report.findings.filter(keep);
  const hidden = report.findings.length - findings.length;
  if (hidden === 0) return report;
  const note: Diagnostic = {
    code: "REPORT_NARROWED",
    severity: "warning",
    message: `${hidden} ${hidden === 1 ? "finding is" : "findings are"} not shown because of ${why}; checklist and score count everything`,
  };
  const { coverage } = report;
  return { ...report, findings, coverage: { ...coverage, diagnostics: [...coverage.diagnostics, note] } };
}

/** Findings about objects with these labels, and about what was not given at all. Pipelines and other files have no labels. */
export function aboutLabelled(
  matches: (labels: Readonly<Record<string, string>>) => boolean,
): (reported: ReportedFinding) => boolean {
  return ({ finding: { resource } }) =>
    resource === undefined || matches(resource.type === "object" ? resource.labels : {});
}

export function ofSeverity(least: Severity): (reported: ReportedFinding) => boolean {
  return ({ finding }) => atLeast(finding.severity, least);
}
