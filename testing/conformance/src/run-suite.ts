import type { CaseResult, Suite } from "./suite.ts";

/** A case that did not pass, and why. */
export type Unpassed = Extract<CaseResult, { readonly message: string }>;

export interface SuiteReport {
  readonly suite: string;
  readonly passed: number;
  readonly failures: readonly Unpassed[];
  readonly skips: readonly Unpassed[];
}

/** Runs every case of a folder. A suite that throws stops there: the rest of its cases are one failure. */
export async function runSuite(suite: Suite, directory: string): Promise<SuiteReport> {
  let passed = 0;
  const failures: Unpassed[] = [];
  const skips: Unpassed[] = [];
  try {
    for await (const result of suite.run(directory)) {
      if (result.outcome === "passed") passed += 1;
      else if (result.outcome === "failed") failures.push(result);
      else skips.push(result);
    }
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    failures.push({ name: `suite ${suite.name}`, outcome: "failed", message: `stopped: ${message}` });
  }
  return { suite: suite.name, passed, failures, skips };
}

/** The last line of every run. */
export function formatCounts({ passed, failures, skips }: SuiteReport): string {
  return `${passed} passed, ${failures.length} failed, ${skips.length} skipped`;
}

/** Each failure with its message, skipped cases counted by reason. */
export function formatReport(report: SuiteReport): string {
  const reasons = Map.groupBy(report.skips, ({ message }) => message);
  return [
    ...report.failures.map(({ name, message }) => `FAIL ${name}\n     ${message.replaceAll("\n", "\n     ")}`),
    ...[...reasons].map(([message, cases]) => `SKIP ${cases.length}: ${message}`),
    formatCounts(report),
  ].join("\n");
}

/** One JSON document on one line, then the counts as every run ends with. */
export function formatJsonReport(report: SuiteReport): string {
  const document = {
    suite: report.suite,
    passed: report.passed,
    failed: report.failures.length,
    skipped: report.skips.length,
    failures: withoutOutcome(report.failures),
    skips: withoutOutcome(report.skips),
  };
  return `${JSON.stringify(document)}\n${formatCounts(report)}`;
}

function withoutOutcome(cases: readonly Unpassed[]): Pick<Unpassed, "name" | "message">[] {
  return cases.map(({ name, message }) => ({ name, message }));
}
