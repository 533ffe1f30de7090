import { execFileSync } from "node:child_process";
import { numberAt } from "@redoubt/kube";
import { type Benchmark, type Comparison, compare } from "./measurement.ts";

const questions = new URL("rbac-questions.ts", import.meta.url).pathname;
const SECONDS_BUDGET = 5;
const MEMORY_BUDGET_GB = 1.5;

export const rbacBenchmark: Benchmark = {
  name: "rbac",
  about:
    "Who can do what, every verb on every resource for every subject, and all attack paths: 5,000 roles, 20,000 bindings, 10,000 subjects, 10,000 Pods, 100 nodes at 1x. Against the budget at 1x, and against 1x at 2x and 4x; memory is the whole process with the generated input. Quickest of 3.",
  run(): Promise<readonly Comparison[]> {
    return Promise.resolve(comparisons());
  },
};

function comparisons(): readonly Comparison[] {
  const [once, twice, fourTimes] = [measure(1), measure(2), measure(4)];
  const total = (run: Measured): number => run.matrixSeconds + run.pathSeconds;
  return [
    compare("who-can, all pairs, and paths, at 1x (budget)", total(once), SECONDS_BUDGET, "s"),
    compare("memory at 1x (budget)", once.peakBytes / 2 ** 30, MEMORY_BUDGET_GB, "GB"),
    compare("who-can, growth at 2x", twice.matrixSeconds, once.matrixSeconds, "s"),
    compare("who-can, growth at 4x", fourTimes.matrixSeconds, once.matrixSeconds, "s"),
    compare("paths, growth at 2x", twice.pathSeconds, once.pathSeconds, "s"),
    compare("paths, growth at 4x", fourTimes.pathSeconds, once.pathSeconds, "s"),
    compare("memory, growth at 4x", fourTimes.peakBytes / 2 ** 30, once.peakBytes / 2 ** 30, "GB"),
  ];
}

interface Measured {
  readonly matrixSeconds: number;
  readonly pathSeconds: number;
  readonly peakBytes: number;
}

/** The quickest of three runs: what else the machine does only slows them down. */
function measure(factor: number): Measured {
  const runs = [1, 2, 3].map(() => measureOnce(factor));
  const least = (field: keyof Measured): number => Math.min(...runs.map((run) => run[field]));
  return { matrixSeconds: least("matrixSeconds"), pathSeconds: least("pathSeconds"), peakBytes: least("peakBytes") };
}

function measureOnce(factor: number): Measured {
  const output: string = execFileSync(process.execPath, [...process.execArgv, questions, String(factor)], {
    encoding: "utf8",
  });
  const result: unknown = JSON.parse(output);
  const read = (field: keyof Measured): number => numberAt(result, [field]) ?? Number.NaN;
  return { matrixSeconds: read("matrixSeconds"), pathSeconds: read("pathSeconds"), peakBytes: read("peakBytes") };
}
