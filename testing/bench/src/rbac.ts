import { execFileSync } from "node:child_process";
import { numberAt } from "@redoubt/kube";
import { type Benchmark, type Comparison, compare } from "./measurement.ts";

const questions = new URL("rbac-questions.ts", import.meta.url).pathname;
const SECONDS_BUDGET = 5;
const MEMORY_BUDGET_GB = 1.5;

export const rbacBenchmark: Benchmark = {
  name: "rbac",
  about:
    "Who can do what, every verb on every resource for every subject, and all attack paths: 5,000 roles, 20,000 bindings, 10,000 subjects, 10,000 Pods, 100 nodes at 1x. Against the budget at 1x, and against 1x at 2x and 4x; memory is the whole process with the generated input. An answer is one subject that may do one thing in one scope: a right held in the whole cluster is one, not one for each namespace, so that answers grow as the cluster does. Quickest of 5, the sizes in turn.",
  run(): Promise<readonly Comparison[]> {
    return Promise.resolve(comparisons());
  },
};

const ROUNDS = 5;

function comparisons(): readonly Comparison[] {
  const rounds = Array.from({ length: ROUNDS }, () => [measure(1), measure(2), measure(4)] as const);
  const [once, twice, fourTimes] = [
    quickest(rounds.map(([run]) => run)),
    quickest(rounds.map(([, run]) => run)),
    quickest(rounds.map(([, , run]) => run)),
  ];
  const gigabytes = (run: Measured): number => run.peakBytes / 2 ** 30;
  const anAnswer = (run: Measured): number => (run.matrixSeconds / run.allowed) * 1e6;
  const anEdge = (run: Measured): number => (run.pathSeconds / run.edges) * 1e6;
  return [
    compare(
      "who-can, all pairs, and paths, at 1x (budget)",
      once.matrixSeconds + once.pathSeconds,
      SECONDS_BUDGET,
      "s",
    ),
    compare("memory at 1x (budget)", gigabytes(once), MEMORY_BUDGET_GB, "GB"),
    compare("who-can, answers at 4x", fourTimes.allowed, once.allowed, "answers"),
    compare("who-can, growth at 2x", twice.matrixSeconds, once.matrixSeconds, "s"),
    compare("who-can, growth at 4x", fourTimes.matrixSeconds, once.matrixSeconds, "s"),
    compare("who-can, time an answer at 4x", anAnswer(fourTimes), anAnswer(once), "µs"),
    compare("paths, edges of the graph at 4x", fourTimes.edges, once.edges, "edges"),
    compare("paths, growth at 2x", twice.pathSeconds, once.pathSeconds, "s"),
    compare("paths, growth at 4x", fourTimes.pathSeconds, once.pathSeconds, "s"),
    compare("paths, time an edge at 4x", anEdge(fourTimes), anEdge(once), "µs"),
    compare("memory, growth at 4x", gigabytes(fourTimes), gigabytes(once), "GB"),
  ];
}

type Measured = Readonly<Record<"matrixSeconds" | "pathSeconds" | "peakBytes" | "allowed" | "edges", number>>;

/** What else the machine does only slows a run down. */
function quickest(runs: readonly Measured[]): Measured {
  const least = (field: keyof Measured): number => Math.min(...runs.map((run) => run[field]));
  return {
    matrixSeconds: least("matrixSeconds"),
    pathSeconds: least("pathSeconds"),
    peakBytes: least("peakBytes"),
    allowed: least("allowed"),
    edges: least("edges"),
  };
}

function measure(factor: number): Measured {
  const output: string = execFileSync(process.execPath, [...process.execArgv, questions, String(factor)], {
    encoding: "utf8",
  });
  const result: unknown = JSON.parse(output);
  const read = (field: keyof Measured): number => numberAt(result, [field]) ?? Number.NaN;
  return {
    matrixSeconds: read("matrixSeconds"),
    pathSeconds: read("pathSeconds"),
    peakBytes: read("peakBytes"),
    allowed: read("allowed"),
    edges: read("edges"),
  };
}
