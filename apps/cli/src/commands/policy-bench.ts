import { type Flag, numberFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { durationFlag } from "../flags/duration.ts";
import { globalFlags } from "../flags/global.ts";
import { bundle, capabilities, data, ignore, input, policyFormat, stdinInput, v0Compatible } from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const benchFormat: Flag<"pretty" | "json" | "gobench" | undefined> = policyFormat(["pretty", "json", "gobench"]);

export const benchTime: Flag<number | undefined> = durationFlag({
  name: "benchtime",
  description: "how long to measure (default 1s)",
});

export const count: Flag<number | undefined> = numberFlag({
  name: "count",
  placeholder: "N",
  min: 1,
  max: 1000,
  description: "measure so many times (default 1)",
});

export const policyBench: Command = {
  path: ["policy", "bench"],
  summary: "Measure how long a Rego query takes",
  description:
    "Compiles policies and query once, evaluates over and over, and tells the time of one evaluation: its mean and its spread.",
  argument: { placeholder: "QUERY", required: true, repeatable: false },
  flags: [
    data,
    bundle,
    input,
    stdinInput,
    benchFormat,
    benchTime,
    count,
    v0Compatible,
    capabilities,
    ignore,
    ...globalFlags,
  ],
  examples: [
    { does: "one policy with one input", line: "redoubt policy bench -d policy.rego -i input.json data.p.deny" },
    { does: "for benchstat", line: "redoubt policy bench -d policy.rego data.p.deny -f gobench --count 10" },
  ],
  success: "it was measured",
  exitCodes: [
    { code: 1, means: "the query is undefined" },
    usageCode,
    { ...incompleteCode, means: "policies or data have errors, or the evaluation failed" },
  ],
  load: async () => (await import("../actions/policy-bench.ts")).runPolicyBench,
};
