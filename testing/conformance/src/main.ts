/**
 * Holds an engine against a folder of cases: `main.ts SUITE DIR [--json]`. Ends with `N passed, N failed, N skipped`; exits
 * with 1 when a case failed, 2 on wrong usage or a folder without cases.
 */
import { stat } from "node:fs/promises";
import { formatJsonReport, formatReport, runSuite } from "./run-suite.ts";
import { SUITES } from "./suites/index.ts";

const options = process.argv.slice(2).filter((argument) => argument.startsWith("-"));
const [name, directory, ...rest] = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = options.find((option) => option !== "--json");
  if (unknown !== undefined) return usage(`there is no option ${unknown}`);
  if (name === undefined || directory === undefined || rest.length > 0) return usage("give one suite and one folder");
  const load = SUITES.get(name);
  if (load === undefined) return usage(`there is no suite "${name}"`);
  const isDirectory = await stat(directory).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isDirectory) return usage(`"${directory}" is not a folder`);

  const report = await runSuite(await load(), directory);
  process.stdout.write(`${options.includes("--json") ? formatJsonReport(report) : formatReport(report)}\n`);
  if (report.passed + report.failures.length + report.skips.length === 0) {
    process.stderr.write(`"${directory}" holds no case of the suite ${name}\n`);
    return 2;
  }
  return report.failures.length > 0 ? 1 : 0;
}

function usage(problem: string): number {
  process.stderr.write(
    `conformance: ${problem}\nusage: npm run conformance -- SUITE DIR [--json]\nsuites: ${[...SUITES.keys()].join(", ")}\n`,
  );
  return 2;
}
