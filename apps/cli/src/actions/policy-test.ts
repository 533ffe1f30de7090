import {
  Coverage,
  type CoverageReport,
  EvaluationError,
  type LoadFault,
  RegoCompileError,
  type TestResult,
  repeatableTests,
  runTests,
} from "@redoubt/rego";
import { nodeHost } from "@redoubt/rego/node";
import { createColors } from "picocolors";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action } from "../command.ts";
import {
  bench,
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
import { readManifests, testManifestFiles } from "./policy-test-manifests.ts";
import { capabilitiesOf } from "../policy/capabilities.ts";
import { coverageJson, uncoveredLines } from "../policy/coverage-json.ts";
import { evaluationErrorLines } from "../policy/evaluation-errors.ts";
import { printFaults } from "../policy/faults.ts";
import { indentedJson } from "../policy/json.ts";
import { loadNamed } from "../policy/load.ts";
import { formatFigure, measure, perOperation } from "../policy/measure.ts";
import { selection } from "../policy/select-tests.ts";
import { testsJson } from "../policy/test-json.ts";
import { testsJunit } from "../policy/test-junit.ts";
import { testReport } from "../policy/test-report.ts";
import { type Host, wantsColor } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

export const runPolicyTest: Action = async ({ args, host }) => {
  const manifests = await readManifests(args, host);
  if (manifests !== undefined) return testManifestFiles(manifests, args, host);
  const select = selection(args.get(run));
  const capabilities = await capabilitiesOf(args);
  const paths = args.get(asBundles) ? { data: [], bundles: args.positional } : { data: args.positional, bundles: [] };
  const { value, errors } = await loadNamed(paths, args, capabilities);
  if (value === undefined) return incomplete(host, errors);

  const limits = {
    ...value,
    host: nodeHost,
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(select === undefined ? {} : { select }),
  };
  if (args.get(bench)) return runBenchmarks(host, args, limits);

  const coverage = args.get(testCoverage) || args.get(threshold) !== undefined ? new Coverage() : undefined;
  const timeout = args.get(testTimeout);
  const results: TestResult[] = [];
  try {
    const tests = runTests({
      ...limits,
      clock: () => process.hrtime.bigint(),
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

const BENCH_TIMEOUT = 30_000;
const BENCH_MILLISECONDS = 1000;

/** Measures each test, as `go test -bench` prints it. */
function runBenchmarks(host: Host, args: ParsedArguments, options: Parameters<typeof repeatableTests>[0]): number {
  if (args.get(testCoverage) || args.get(threshold) !== undefined || args.get(testFormat) !== undefined) {
    throw new UsageError("USAGE_FLAG_CONFLICT", "--bench has a format of its own, and measures no coverage");
  }
  let failed = false;
  try {
    for (const test of repeatableTests({ ...options, timeout: args.get(testTimeout) ?? BENCH_TIMEOUT })) {
      const name = plain(`${test.package}.${test.name}`);
      try {
        if (test.run()) {
          const measurement = measure(() => void test.run(), BENCH_MILLISECONDS);
          const figure = formatFigure(perOperation(measurement));
          host.stdout.write(`${name}\t${measurement.iterations}\t${figure} ns/op\n`);
          continue;
        }
        host.stdout.write(`${name}: FAIL\n`);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        host.stdout.write(
          `${name}: ERROR\n${evaluationErrorLines(error)
            .map((line) => `  ${plain(line)}\n`)
            .join("")}`,
        );
      }
      failed = true;
    }
  } catch (error) {
    if (!(error instanceof RegoCompileError)) throw error;
    return incomplete(host, error.errors);
  }
  return failed ? EXIT.findings : EXIT.clean;
}

function incomplete(host: Host, faults: readonly LoadFault[]): number {
  printFaults(host, faults);
  return EXIT.incomplete;
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
