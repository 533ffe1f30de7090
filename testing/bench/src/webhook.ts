/**
 * The admission webhook beside `opa run --server`: the same fifty policies, Pods of three containers, TLS, the same client at the same rate.
 * OPA is given them as modules of `kubernetes.admission`; Redoubt as these modules, and as Gatekeeper's templates and constraints.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OPA, findGoTool } from "@redoubt/peers";
import { type LoadResult, runLoad } from "./load-client.ts";
import { type Benchmark, type Comparison, compare } from "./measurement.ts";
import { runContinuity } from "./webhook-continuity.ts";
import { OPA_MAIN, gatekeeperPolicies, regoPolicies } from "./webhook-policies.ts";
import { generateReviews, isRightAnswer } from "./webhook-reviews.ts";
import { type Server, Workplace } from "./webhook-servers.ts";

const CONNECTIONS = 8;
const SECONDS = 5;
/** For compilers that learn from what runs. */
const WARM_UP_SECONDS = 6;
const ROUNDS = 3;
/** Of OPA's most, so that neither side is at its limit. */
const RATE_SHARE = 0.5;
const MEMORY_RATE = 10_000 / 60;

export const webhookBenchmark: Benchmark = {
  name: "webhook",
  about:
    "The admission webhook beside `opa run --server` with the same 50 policies, reviews of Pods with 3 containers, both over TLS and HTTP/1.1, the " +
    "same client in turn: as many requests as 8 connections carry, then both at half of OPA's rate (latency from when a request is due). " +
    "OPA reads modules of `kubernetes.admission`; Redoubt these, and Gatekeeper's templates with 50 constraints. Best of 3 rounds. Then two replicas " +
    "behind a proxy at 500 requests a second through 100 reloads, a rotated certificate and a rolling restart (right answers of those given; no " +
    "connection may break); and resident memory at 10,000 decisions a minute, after a tenth of the time and at its end (`--minutes=10`; 1 otherwise). " +
    "`--only=throughput,continuity,memory` leaves parts out.",
  run: async (args = []) => {
    const only = valueOf(args, "only")?.split(",");
    const isWanted = (part: string): boolean => only === undefined || only.includes(part);
    const comparisons: Comparison[] = [];
    if (isWanted("throughput")) comparisons.push(...(await besideOpa()));
    if (isWanted("continuity")) comparisons.push(...(await continuity()));
    if (isWanted("memory")) comparisons.push(...(await memory(Number(valueOf(args, "minutes") ?? 1))));
    return comparisons;
  },
};

function valueOf(args: readonly string[], name: string): string | undefined {
  return args.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const REVIEWS = generateReviews(100);

function load(server: Server, workplace: Workplace, path: string, seconds: number, rate?: number): Promise<LoadResult> {
  const target = { port: server.port, path, authority: workplace.authority, connections: CONNECTIONS };
  return runLoad(target, {
    bodies: REVIEWS.map(({ body }) => body),
    seconds,
    ...(rate === undefined ? {} : { rate }),
    isRight: (index, status, body) => isRightAnswer(REVIEWS[index], status, body),
  });
}

interface Side {
  readonly name: string;
  readonly path: string;
  start(): Promise<Server>;
}

/** Each server is alone on the machine while it is measured. */
async function besideOpa(): Promise<readonly Comparison[]> {
  const opa = findGoTool(OPA);
  if (opa === undefined) throw new Error("OPA is not available: Go is needed to build it");
  const workplace = new Workplace();
  try {
    const [rego, main, gatekeeper] = writePolicies(workplace);
    const peer: Side = { name: "OPA", path: "/", start: () => workplace.opa(opa, [rego, main]) };
    const ours: readonly Side[] = [
      { name: "the same modules", path: PATH, start: () => workplace.redoubt([rego]) },
      { name: "constraints", path: PATH, start: () => workplace.redoubt([gatekeeper]) },
    ];
    const most = await best(peer, workplace, undefined);
    const rate = most.perSecond * RATE_SHARE;
    const steady = await best(peer, workplace, rate);
    const comparisons: Comparison[] = [];
    for (const side of ours) {
      const mostOurs = await best(side, workplace, undefined);
      const steadyOurs = await best(side, workplace, rate);
      comparisons.push(
        compare(`${side.name}: requests a second (more is better)`, mostOurs.perSecond, most.perSecond, "/s"),
        compare(`${side.name}: processor time of the server for a request`, mostOurs.cpu, most.cpu, "ms"),
        compare(`${side.name}: p50 under full load`, mostOurs.p50, most.p50, "ms"),
        compare(`${side.name}: p99 under full load`, mostOurs.p99, most.p99, "ms"),
        compare(`${side.name}: p50 at ${Math.round(rate)} requests a second`, steadyOurs.p50, steady.p50, "ms"),
        compare(`${side.name}: p99 at ${Math.round(rate)} requests a second`, steadyOurs.p99, steady.p99, "ms"),
      );
    }
    return comparisons;
  } finally {
    await workplace.close();
  }
}

const PATH = "/validate?timeout=10s";

function writePolicies({ folder }: Workplace): readonly [rego: string, main: string, gatekeeper: string] {
  const [rego, main, gatekeeper] = ["rego", "main", "gatekeeper"].map((name) => join(folder, name));
  if (rego === undefined || main === undefined || gatekeeper === undefined) throw new RangeError("no folders");
  for (const path of [rego, main, gatekeeper]) mkdirSync(path);
  for (const { file, text } of regoPolicies()) writeFileSync(join(rego, file), text);
  writeFileSync(join(main, "main.rego"), OPA_MAIN);
  for (const [index, policy] of gatekeeperPolicies().entries()) {
    writeFileSync(join(gatekeeper, `${index}.json`), JSON.stringify(policy));
  }
  return [rego, main, gatekeeper];
}

interface ServedLoad extends LoadResult {
  /** Milliseconds of the server's processor time for each answer. */
  readonly cpu: number;
}

/** The round with the most requests, or at a given rate the least p99: others on the machine only ever take time away. */
async function best(side: Side, workplace: Workplace, rate: number | undefined): Promise<ServedLoad> {
  const server = await side.start();
  try {
    await load(server, workplace, side.path, WARM_UP_SECONDS);
    const results: ServedLoad[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = server.cpuTime();
      const result = await load(server, workplace, side.path, SECONDS, rate);
      results.push({ ...result, cpu: (server.cpuTime() - before) / result.answers });
    }
    const wrong = results.reduce((sum, result) => sum + result.wrong, 0);
    if (wrong > 0) throw new Error(`${side.name} gave ${wrong} wrong answers`);
    const better = (one: ServedLoad, other: ServedLoad): boolean =>
      rate === undefined ? one.perSecond > other.perSecond : one.p99 < other.p99;
    return results.reduce((chosen, result) => (better(result, chosen) ? result : chosen));
  } finally {
    await server.stop();
  }
}

async function continuity(): Promise<readonly Comparison[]> {
  const { answers, wrong, reloads, rotations } = await runContinuity({ reloads: 100, rate: 500 });
  return [
    compare(
      `right answers through ${reloads} reloads, ${rotations} rotations, 2 restarts`,
      answers - wrong,
      answers,
      "",
    ),
  ];
}

async function memory(minutes: number): Promise<readonly Comparison[]> {
  const workplace = new Workplace();
  try {
    const [, , gatekeeper] = writePolicies(workplace);
    const server = await workplace.redoubt([gatekeeper]);
    const samples: number[] = [];
    const tenth = minutes * 6;
    for (let part = 0; part < 10; part++) {
      const { wrong } = await load(server, workplace, PATH, tenth, MEMORY_RATE);
      if (wrong > 0) throw new Error(`${wrong} wrong answers`);
      samples.push(server.memory() / 1e6);
    }
    const [first = Number.NaN] = samples;
    const most = Math.max(...samples);
    return [
      compare(
        `memory after ${minutes} min against after ${minutes / 10} min`,
        samples.at(-1) ?? Number.NaN,
        first,
        "MB",
      ),
      compare("most memory against after the first tenth", most, first, "MB"),
    ];
  } finally {
    await workplace.close();
  }
}
