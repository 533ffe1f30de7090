import { OpaRunner } from "@redoubt/peers";
import { type Benchmark, type Comparison, compare, median } from "./measurement.ts";
import {
  type Engine,
  type Prepared,
  expectSameOutputs,
  handWritten,
  measure,
  opaEngine,
  ours,
  prepareOurs,
  wasmEngine,
} from "./rego-engines.ts";
import { gatekeeperWorkloads } from "./rego-gatekeeper.ts";
import { liveHeap } from "./rego-memory.ts";
import type { Workload } from "./rego-workload.ts";
import { accessWorkload, admissionWorkload, routesWorkload, servicesWorkload } from "./rego-workloads.ts";

const ROUNDS = 5;
const MILLIS = 120;
const ROWS = 10_000;

export const regoBenchmark: Benchmark = {
  name: "rego",
  about:
    "Prepared queries of our engine beside the same policies and inputs in OPA (in-process in Go, inputs parsed beforehand), in OPA's WebAssembly in Node.js, and written by hand in JavaScript. One operation evaluates all inputs of a workload; outputs are checked to be equal; engines in turn, medians of 5 rounds. The Gatekeeper library's policies run over the objects of its own suites and count as one workload, by the geometric mean of their ratios.",
  async run(): Promise<readonly Comparison[]> {
    const runner = OpaRunner.start();
    if (runner === undefined) throw new Error("OPA, to compare with, is built with Go, which is missing here");
    try {
      return await compareAll(runner);
    } finally {
      await runner.close();
    }
  },
};

/** Ratios of one workload, or of workloads that count as one: ours / peer, by the name of the peer. */
type Ratios = ReadonlyMap<string, number>;

async function compareAll(runner: OpaRunner): Promise<readonly Comparison[]> {
  const wasm = wasmEngine();
  const peers = new Map<string, Engine>([
    ["OPA", opaEngine(runner)],
    ...(wasm === undefined ? [] : [["opa-wasm", wasm] as const]),
    ["hand-written", handWritten],
  ]);
  const single = [admissionWorkload(), accessWorkload(ROWS), servicesWorkload(), routesWorkload()];
  const rows: Comparison[] = [];
  const all: Ratios[] = [];
  for (const workload of single) {
    const times = await measureInTurn(workload, peers);
    for (const [peer, nanos] of times.peers) {
      rows.push(compare(`${workload.name}: against ${peer}`, times.ours / 1000, nanos / 1000, "µs"));
    }
    all.push(ratiosOf(times));
  }
  const library = gatekeeperWorkloads();
  if (library === undefined) {
    note("the Gatekeeper library is not here: left out");
  } else {
    const ratios: Ratios[] = [];
    for (const workload of library) ratios.push(ratiosOf(await measureInTurn(workload, peers)));
    const means = geometricMeans(ratios);
    for (const [peer, ratio] of means) {
      const count = ratios.filter((one) => one.has(peer)).length;
      rows.push(compare(`Gatekeeper library, ${count} policies and parameters: against ${peer}`, ratio, 1, "x"));
    }
    all.push(means);
    rows.push(await compareCompiling(runner, library));
  }
  for (const [peer, ratio] of geometricMeans(all)) {
    rows.push(compare(`geometric mean of all workloads: against ${peer} (target ${TARGETS.get(peer)})`, ratio, 1, "x"));
  }
  return [...rows, ...(await growth()), await memory(runner)];
}

const TARGETS: ReadonlyMap<string, string> = new Map([
  ["OPA", "0.067, 15 times as fast"],
  ["opa-wasm", "0.1, 10 times as fast"],
  ["hand-written", "3"],
]);

interface Times {
  readonly ours: number;
  readonly peers: ReadonlyMap<string, number>;
}

/** Nanoseconds of one operation in each engine that can run the workload, all of which must agree about its outputs. */
async function measureInTurn(workload: Workload, peers: ReadonlyMap<string, Engine>): Promise<Times> {
  const our = await ours(workload, note);
  if (our === undefined) throw new Error(`${workload.name} does not run in our engine`);
  const prepared = new Map<string, Prepared>([["ours", our]]);
  for (const [name, engine] of peers) {
    const peer = await engine(workload, (reason) => {
      if (engine !== handWritten) note(`${workload.name} is left out for ${name}: ${reason}`);
    });
    if (peer === undefined) continue;
    expectSameOutputs(workload, name, our, peer);
    prepared.set(name, peer);
  }
  const samples = new Map<string, number[]>([...prepared.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, one] of prepared) samples.get(name)?.push(await one.measure(MILLIS));
  }
  const times = new Map([...samples].map(([name, nanos]) => [name, median(nanos)]));
  const own = times.get("ours") ?? Number.NaN;
  times.delete("ours");
  return { ours: own, peers: times };
}

function ratiosOf(times: Times): Ratios {
  return new Map([...times.peers].map(([name, nanos]) => [name, times.ours / nanos]));
}

function geometricMeans(all: readonly Ratios[]): Ratios {
  const names = new Set(all.flatMap((ratios) => [...ratios.keys()]));
  return new Map(
    [...names].map((name) => {
      const logarithms = all.flatMap((ratios) => {
        const ratio = ratios.get(name);
        return ratio === undefined ? [] : [Math.log(ratio)];
      });
      return [name, Math.exp(logarithms.reduce((sum, next) => sum + next, 0) / logarithms.length)];
    }),
  );
}

/** From text to prepared queries, for each policy of the library once. */
async function compareCompiling(runner: OpaRunner, library: readonly Workload[]): Promise<Comparison> {
  const policies = [...new Map(library.map((workload) => [workload.modules[0]?.text, workload])).values()];
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    let [our, their] = [0, 0];
    for (const workload of policies) {
      our += measure(() => void prepareOurs(workload), MILLIS / 2);
      const { modules, data, query } = workload;
      their += (await runner.measureCompile({ modules, data: JSON.stringify(data) }, query, MILLIS / 2)).medianNanos;
    }
    own.push(our);
    theirs.push(their);
  }
  const name = `compiling the Gatekeeper library, ${policies.length} policies: against OPA (target 2)`;
  return compare(name, median(own) / 1e6, median(theirs) / 1e6, "ms");
}

/** How our time grows with the rows of data. */
async function growth(): Promise<readonly Comparison[]> {
  const nanos: number[] = [];
  for (const factor of [1, 2, 4]) {
    const prepared = await ours(accessWorkload(ROWS * factor), note);
    nanos.push((await prepared?.measure(MILLIS * ROUNDS)) ?? Number.NaN);
  }
  const [once = Number.NaN, twice = Number.NaN, fourTimes = Number.NaN] = nanos;
  return [
    compare("growth of time, 2x bindings", twice / 1000, once / 1000, "µs"),
    compare("growth of time, 4x bindings", fourTimes / 1000, once / 1000, "µs"),
  ];
}

/** What a prepared query keeps alive, its data included. */
async function memory(runner: OpaRunner): Promise<Comparison> {
  const { modules, data, query } = accessWorkload(ROWS);
  const workload = { modules, data, query };
  // Several, so that what else comes and goes on the heap matters less.
  const copies = 5;
  const before = liveHeap();
  const prepared = Array.from({ length: copies }, () => prepareOurs(workload));
  const own = (liveHeap() - before) / copies;
  if (prepared.some((one) => one.value(null) === undefined)) throw new Error("the decision is always defined");
  const { heapBytes } = await runner.prepare("memory", { modules, data: JSON.stringify(data) }, query, []);
  const name = `memory of the prepared query and its data, ${ROWS.toLocaleString("en")} bindings`;
  return compare(name, own / 1e6, heapBytes / 1e6, "MB");
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
