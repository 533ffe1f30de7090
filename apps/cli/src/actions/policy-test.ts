import {
  Coverage,
  type CoverageReport,
  type LoadFault,
  RegoCompileError,
  type TestResult,
  runTests,
} from "@redoubt/rego";
import { nodeHost } from "@redoubt/rego/node";
import { createColors } from "picocolors";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action } from "../command.ts";
import {
  failOnEmpty,
  run,
  testCoverage,
  testFormat,
  testTimeout,
  threshold,
  verbose,
} from "../commands/policy-test.ts";
import { EXIT } from "../exit-code.ts";
import { asBundles } from "../flags/policy.ts";
import { capabilitiesOf } from "../policy/capabilities.ts";
import { coverageJson, uncoveredLines } from "../policy/coverage-json.ts";
import { printFaults } from "../policy/faults.ts";
import { indentedJson } from "../policy/json.ts";
import { loadNamed } from "../policy/load.ts";
import { testsJson } from "../policy/test-json.ts";
import { testsJunit } from "../policy/test-junit.ts";
import { testReport } from "../policy/test-report.ts";
import { type Host, wantsColor } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

export const runPolicyTest: Action = async ({ args, host }) => {
  const select = selection(args.get(run));
  const capabilities = await capabilitiesOf(args);
  const paths = args.get(asBundles) ? { data: [], bundles: args.positional } : { data: args.positional, bundles: [] };
  const { value, errors } = await loadNamed(paths, args, capabilities);
  if (value === undefined) return incomplete(host, errors);

  const coverage = args.get(testCoverage) || args.get(threshold) !== undefined ? new Coverage() : undefined;
  const timeout = args.get(testTimeout);
  const results: TestResult[] = [];
  try {
    const tests = runTests({
      ...value,
      host: nodeHost,
      clock: () => process.hrtime.bigint(),
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(select === undefined ? {} : { select }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(coverage === undefined ? {} : { observer: coverage }),
    });
    for (const result of tests) results.push(result);
  } catch (error) {
    if (!(error instanceof RegoCompileError)) throw error;
    return incomplete(host, error.errors);
  }

  const passed = results.every(({ outcome }) => outcome === "pass");
  if (passed && coverage !== undefined) return judgeCoverage(host, args, coverage.report(value.modules));
  host.stdout.write(reportText(host, args, results));
  if (results.length === 0) host.stderr.write("no tests to run\n");
  return passed && !(results.length === 0 && args.get(failOnEmpty)) ? EXIT.clean : EXIT.findings;
};

function incomplete(host: Host, faults: readonly LoadFault[]): number {
  printFaults(host, faults);
  return EXIT.incomplete;
}

function selection(pattern: string | undefined): ((name: string) => boolean) | undefined {
  if (pattern === undefined) return undefined;
  try {
    const expression = new RegExp(pattern, "u");
    return (name) => expression.test(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError("USAGE_FLAG_VALUE", `--run is not a regular expression: ${reason}`);
  }
}

function reportText(host: Host, args: ParsedArguments, results: readonly TestResult[]): string {
  switch (args.get(testFormat)) {
    case "json":
      return indentedJson(testsJson(results));
    case "junit":
      return testsJunit(results);
    default:
      return testReport(results, args.get(verbose), createColors(wantsColor(host.stdout, host.env)));
  }
}

function judgeCoverage(host: Host, args: ParsedArguments, report: CoverageReport): number {
  const least = args.get(threshold) ?? 0;
  if (report.coverage >= least) {
    host.stdout.write(indentedJson(coverageJson(report)));
    return EXIT.clean;
  }
  host.stderr.write(`the tests use ${report.coverage.toFixed(2)} % of the policies, less than ${least} %\n`);
  for (const line of uncoveredLines(report)) host.stderr.write(`  not used: ${plain(line)}\n`);
  return EXIT.score;
}
