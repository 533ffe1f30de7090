import type { ChecklistItemId, Control, Evidence, Finding, Severity, Verdict } from "@redoubt/control";
import type { Diagnostic } from "@redoubt/kube";
import type { BaselineState } from "./baseline.ts";
import type { Exception, ExceptionUse } from "./exception.ts";

/** A finding and what is known of it beyond the control's word. */
export interface ReportedFinding {
  readonly finding: Finding;
  /** Set when someone accepted the risk: it is shown, and does not fail a gate. */
  readonly exception?: Exception;
  /** Set when there is a baseline; `unchanged` findings do not fail a gate. */
  readonly baseline?: BaselineState;
}

/** One control over everything that was given. */
export interface ControlSummary {
  readonly control: Control;
  readonly verdict: Verdict;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
}

export interface ChecklistEvidence extends Evidence {
  readonly control: string;
}

/** One thing that must be shown for a checklist item to pass. */
export interface RequirementResult {
  readonly text: string;
  readonly verdict: "pass" | "fail" | "unknown";
  /** What input or exercise would tell, for what is unknown; what to mend, for what fails. */
  readonly needs?: string;
}

export interface ChecklistResult {
  readonly item: ChecklistItemId;
  readonly title: string;
  readonly verdict: "pass" | "fail" | "unknown";
  readonly controls: readonly ControlSummary[];
  readonly requirements: readonly RequirementResult[];
  readonly evidence: readonly ChecklistEvidence[];
  /** What would raise the verdict, most important first. */
  readonly needs: readonly string[];
}

export interface ItemScore {
  readonly item: ChecklistItemId;
  /** Earned, 0 to 10. */
  readonly points: number;
  /** What could be judged at all, right or wrong, 0 to 10. */
  readonly judged: number;
}

export interface Score {
  /** 0 to 100, rounded down: docs/score.md. */
  readonly value: number;
  /** Per cent: how much of what is scored could be judged at all. */
  readonly coverage: number;
  readonly items: readonly ItemScore[];
}

/** What was looked at. */
export interface Coverage {
  readonly objects: number;
  readonly workloads: number;
  readonly artifacts: number;
  readonly namespaces: number;
  /** As the user named them, without `./`. */
  readonly files: ReadonlySet<string>;
  /** Objects by group and kind, and artifacts by type, by name. */
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
  /** What could not be read, what could not be evaluated, and warnings. Any `error` makes the report incomplete. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface BaselineSummary {
  readonly new: number;
  readonly unchanged: number;
  readonly fixed: number;
}

/** Everything an assessment found. Places are not in it: reporters ask the findings' origins for them. */
export interface Report {
  /** RFC 3339, as given. */
  readonly time: string;
  /** Version of Redoubt, as given. */
  readonly version: string;
  /** By severity, control, file, and place in the file. */
  readonly findings: readonly ReportedFinding[];
  /** By id. */
  readonly controls: readonly ControlSummary[];
  readonly checklist: readonly ChecklistResult[];
  readonly score: Score;
  readonly coverage: Coverage;
  readonly exceptions: readonly ExceptionUse[];
  readonly baseline?: BaselineSummary;
  /** Mistakes in exceptions: exit code 2. */
  readonly configuration: readonly Diagnostic[];
}

/** Whether a gate counts this finding: a failure that nobody accepted and that is not in the baseline. */
export function isOpen({ finding, exception, baseline }: ReportedFinding): boolean {
  return finding.verdict === "fail" && exception === undefined && baseline !== "unchanged";
}

/** Whether something could not be read or evaluated, so that a gate must not pass. */
export function isIncomplete(report: Report): boolean {
  return report.coverage.diagnostics.some(({ severity }) => severity === "error");
}

/** How many open findings there are of each severity. */
export function openBySeverity(report: Report): Readonly<Record<Severity, number>> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const reported of report.findings) if (isOpen(reported)) counts[reported.finding.severity] += 1;
  return counts;
}
