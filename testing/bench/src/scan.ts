import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KUBE_SCORE, findGoTool } from "@redoubt/peers";
import { writeDeployments } from "./generated-manifests.ts";
import { type Benchmark, type Comparison, compare, median } from "./measurement.ts";
import { type ProcessRun, runProcess } from "./process-run.ts";

const ROUNDS = 5;
const redoubt = new URL("../../../redoubt", import.meta.url).pathname;
const parseOnly = new URL("parse-only.ts", import.meta.url).pathname;

export const scanBenchmark: Benchmark = {
  name: "scan",
  about:
    "`redoubt scan` over 10,000 generated Deployments in 1,000 files, beside js-yaml parsing the same files and doing nothing else, and kube-score. Whole processes in turn, medians of 5.",
  async run(): Promise<readonly Comparison[]> {
    const base = mkdtempSync(join(tmpdir(), "redoubt-bench-"));
    try {
      const folders = [1, 2, 4].map((factor) => {
        const folder = join(base, `x${factor}`);
        writeDeployments(folder, 1000 * factor);
        return { factor, folder };
      });
      const full = folders[0]?.folder ?? base;
      const kubeScore = findGoTool(KUBE_SCORE);
      const files = readdirSync(full).map((name) => join(full, name));
      const [once, parse, json, peer] = await inTurn([
        () => scan(full),
        () => runProcess(process.execPath, [parseOnly, full]),
        () => scan(full, "-o", "json"),
        ...(kubeScore === undefined ? [] : [(): Promise<ProcessRun> => runProcess(kubeScore, ["score", ...files])]),
      ]);
      const [twice, fourTimes] = await inTurn(
        folders.slice(1).map(
          ({ folder }) =>
            () =>
              scan(folder),
        ),
      );
      if (!once || !twice || !fourTimes || !parse || !json) throw new Error("a measurement is missing");
      const grown = (fourTimes.peakBytes ?? Number.NaN) - (once.peakBytes ?? Number.NaN);
      return [
        compare("scan against js-yaml alone", once.seconds, parse.seconds, "s"),
        ...(peer === undefined ? [] : [compare("scan against kube-score", once.seconds, peer.seconds, "s")]),
        compare("scan to JSON (every position) against js-yaml alone", json.seconds, parse.seconds, "s"),
        compare("growth of time, 2x objects", twice.seconds, once.seconds, "s"),
        compare("growth of time, 4x objects", fourTimes.seconds, once.seconds, "s"),
        compare("memory an object, from 10,000 to 40,000 (budget 20 KB)", grown / 30_000 / 1000, 20, "KB"),
      ];
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  },
};

async function scan(folder: string, ...options: readonly string[]): Promise<ProcessRun> {
  const run = await runProcess(redoubt, ["scan", folder, ...options]);
  if (run.exitCode !== 1) throw new Error(`redoubt scan ended with ${run.exitCode}: it must find the generated faults`);
  return run;
}

/** Each command in turn, round after round, so that a slow spell of the machine hits all of them; medians. */
async function inTurn(commands: readonly (() => Promise<ProcessRun>)[]): Promise<readonly ProcessRun[]> {
  const runs: ProcessRun[][] = commands.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, command] of commands.entries()) runs[index]?.push(await command());
  }
  return runs.map((rounds) => ({
    seconds: median(rounds.map((run) => run.seconds)),
    peakBytes: median(rounds.map((run) => run.peakBytes ?? Number.NaN)),
    exitCode: 0,
    outputBytes: rounds[0]?.outputBytes ?? 0,
  }));
}
