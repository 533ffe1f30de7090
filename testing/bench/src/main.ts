/** `npm run bench -- NAME [--json]`: measures side by side in one run. */
import type { Benchmark, Comparison } from "./measurement.ts";
import { rbacBenchmark } from "./rbac.ts";
import { regoBenchmark } from "./rego.ts";
import { scanBenchmark } from "./scan.ts";
import { webhookBenchmark } from "./webhook.ts";

const BENCHMARKS: readonly Benchmark[] = [rbacBenchmark, regoBenchmark, scanBenchmark, webhookBenchmark];

const args = process.argv.slice(2);
const json = args.includes("--json");
const name = args.find((argument) => !argument.startsWith("--"));
const benchmark = BENCHMARKS.find((candidate) => candidate.name === name);

if (benchmark === undefined) {
  process.stderr.write(
    `usage: npm run bench -- NAME [--json]\nNAME is one of: ${BENCHMARKS.map((one) => one.name).join(", ")}\n`,
  );
  process.exitCode = 2;
} else {
  const comparisons = await benchmark.run(args);
  process.stdout.write(json ? `${JSON.stringify(comparisons, null, 2)}\n` : table(benchmark, comparisons));
}

function table(about: Benchmark, comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((row) => [
    row.name,
    `${row.ours} ${row.unit}`,
    `${row.peer} ${row.unit}`,
    `${row.ratio}`,
  ]);
  return [
    about.about,
    "",
    "| measure | ours | peer | ratio |",
    "| --- | ---: | ---: | ---: |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ].join("\n");
}
