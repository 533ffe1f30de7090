import { Coverage, type CoverageReport, RegoCompileError, type TestResult, runTests } from "@redoubt/rego";
import { nodeHost } from "@redoubt/rego/node";
import { createColors } from "picocolors";
import type { Action } from "../command.ts";
import { coverageFormat } from "../commands/policy-coverage.ts";
import { run, testTimeout, threshold } from "../commands/policy-test.ts";
import { EXIT } from "../exit-code.ts";
import { asBundles } from "../flags/policy.ts";
import { capabilitiesOf } from "../policy/capabilities.ts";
import { coverageJson, spansOf } from "../policy/coverage-json.ts";
import { printFaults } from "../policy/faults.ts";
import { indentedJson } from "../policy/json.ts";
import { loadNamed } from "../policy/load.ts";
import { selection } from "../policy/select-tests.ts";
import { testReport } from "../policy/test-report.ts";
import { wantsColor } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";
import { formatTable } from "../terminal/table.ts";

export const runPolicyCoverage: Action = async ({ args, host }) => {
  const select = selection(args.get(run));
  const capabilities = await capabilitiesOf(args);
  const paths = args.get(asBundles) ? { data: [], bundles: args.positional } : { data: args.positional, bundles: [] };
  const { value, errors } = await loadNamed(paths, args, capabilities);
  if (value === undefined) {
    printFaults(host, errors);
    return EXIT.incomplete;
  }
  const coverage = new Coverage();
  const timeout = args.get(testTimeout);
  const results: TestResult[] = [];
  try {
    const tests = runTests({
      ...value,
      host: nodeHost,
      observer: coverage,
      clock: () => process.hrtime.bigint(),
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(select === undefined ? {} : { select }),
      ...(timeout === undefined ? {} : { timeout }),
    });
    for (const result of tests) results.push(result);
  } catch (error) {
    if (!(error instanceof RegoCompileError)) throw error;
    printFaults(host, error.errors);
    return EXIT.incomplete;
  }
  const report = coverage.report(value.modules);
  host.stdout.write(
    args.get(coverageFormat) === "json" ? indentedJson(coverageJson(report)) : coverageTable(report, (text) => text),
  );
  if (results.some(({ outcome }) => outcome !== "pass")) {
    host.stderr.write(testReport(results, false, createColors(wantsColor(host.stderr, host.env))));
    return EXIT.findings;
  }
  return report.coverage < (args.get(threshold) ?? 0) ? EXIT.score : EXIT.clean;
};

function coverageTable({ files, coverage }: CoverageReport, paintHeader: (text: string) => string): string {
  const rows = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, report]) => ({
      cells: [plain(file), `${report.coverage.toFixed(1)} %`, spansOf(report.notCovered).join(", ")],
    }));
  const total = { cells: ["all", `${coverage.toFixed(1)} %`, ""] };
  return formatTable(["FILE", "USED", "LINES NOT USED"], [...rows, total], paintHeader);
}
