import type { Severity } from "@redoubt/control";
import { atLeast } from "./order.ts";
import { type Report, isIncomplete, isOpen } from "./report.ts";

export interface GateOptions {
  /** The mildest severity that fails; `none` for never. */
  readonly failOn: Severity | "none";
  /** 0 to 100. */
  readonly minScore?: number;
}

/** 0 clean, 1 findings, 2 configuration, 3 incomplete, 4 below the least score. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/**
 * What a gate says. Where several codes apply: 2 before 3 before 1 before 4. Incomplete comes before findings because what could not be
 * read may hide worse ones, and a caller that treats findings as expected must not take a partial scan for a whole one.
 */
export function exitCode(report: Report, { failOn, minScore }: GateOptions): ExitCode {
  if (report.configuration.some(({ severity }) => severity === "error")) return 2;
  if (isIncomplete(report)) return 3;
  if (
    failOn !== "none" &&
    report.findings.some((reported) => isOpen(reported) && atLeast(reported.finding.severity, failOn))
  )
    return 1;
  if (minScore !== undefined && report.score.value < minScore) return 4;
  return 0;
}
