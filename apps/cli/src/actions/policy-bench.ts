import { EvaluationError, type PreparedQuery, RegoCompileError, compile } from "@redoubt/rego";
import { nodeHost } from "@redoubt/rego/node";
import type { Action } from "../command.ts";
import { benchFormat, benchTime, count } from "../commands/policy-bench.ts";
import { EXIT } from "../exit-code.ts";
import { bundle, data } from "../flags/policy.ts";
import { capabilitiesOf } from "../policy/capabilities.ts";
import { evaluationErrorLines } from "../policy/evaluation-errors.ts";
import { printFaults } from "../policy/faults.ts";
import { indentedJson } from "../policy/json.ts";
import { loadNamed } from "../policy/load.ts";
import { type Measurement, formatFigure, measure, perOperation, percentile } from "../policy/measure.ts";
import { inputOf } from "../policy/read-input.ts";
import { boxTable } from "../policy/table.ts";
import { plain } from "../terminal/plain.ts";

const DEFAULT_MILLISECONDS = 1000;

export const runPolicyBench: Action = async (invocation) => {
  const { args, host } = invocation;
  const [query = ""] = args.positional;
  const capabilities = await capabilitiesOf(args);
  const input = await inputOf(invocation);
  const policies = await loadNamed({ data: args.get(data), bundles: args.get(bundle) }, args, capabilities);
  if (policies.value === undefined) {
    printFaults(host, policies.errors);
    return EXIT.incomplete;
  }
  let prepared: PreparedQuery;
  try {
    const limits = capabilities === undefined ? {} : { capabilities };
    prepared = compile({ ...policies.value, host: nodeHost, ...limits }).prepare(query);
  } catch (error) {
    if (!(error instanceof RegoCompileError)) throw error;
    printFaults(host, error.errors);
    return error.errors.every(({ location }) => location?.source.file === "") ? EXIT.usage : EXIT.incomplete;
  }
  try {
    if (prepared.evaluate(input).length === 0) {
      host.stderr.write("the query is undefined: there is nothing to measure\n");
      return EXIT.findings;
    }
    const run = (): void => {
      prepared.evaluate(input);
    };
    for (let left = args.get(count) ?? 1; left > 0; left -= 1) {
      const measurement = measure(run, args.get(benchTime) ?? DEFAULT_MILLISECONDS);
      host.stdout.write(textOf(measurement, args.get(benchFormat) ?? "pretty"));
    }
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    host.stderr.write(`${evaluationErrorLines(error).map(plain).join("\n")}\n`);
    return EXIT.incomplete;
  }
  return EXIT.clean;
};

const PERCENTILES = [
  ["75%", 0.75],
  ["90%", 0.9],
  ["95%", 0.95],
  ["99%", 0.99],
  ["99.9%", 0.999],
] as const;

function textOf(measurement: Measurement, format: "pretty" | "json" | "gobench"): string {
  const { iterations, nanoseconds, samples } = measurement;
  const spread: readonly (readonly [string, number])[] = [
    ...PERCENTILES.map(([name, share]) => [name, percentile(measurement, share)] as const),
    ["max", samples.at(-1) ?? 0],
    ["median", percentile(measurement, 0.5)],
    ["min", samples[0] ?? 0],
  ];
  switch (format) {
    case "json":
      return indentedJson({
        N: iterations,
        T: Number(nanoseconds),
        Extra: Object.fromEntries(spread.map(([name, value]) => [`histogram_timer_rego_query_eval_ns_${name}`, value])),
      });
    case "gobench":
      return `BenchmarkRegoEval\t${iterations}\t${formatFigure(perOperation(measurement))} ns/op\n`;
    case "pretty":
      return boxTable({
        rows: [
          ["samples", String(iterations)],
          ["ns/op", formatFigure(perOperation(measurement))],
          ...spread.map(([name, value]) => [`ns/op ${name}`, formatFigure(value)]),
        ],
      });
  }
}
