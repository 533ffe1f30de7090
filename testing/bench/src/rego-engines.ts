/** The engines that a workload is measured in. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import { OPA, type OpaRunner, findGoTool } from "@redoubt/peers";
import { compile, isPlainObject, parseJson, toJson } from "@redoubt/rego";
import { median } from "./measurement.ts";
import { type Workload, fingerprint } from "./rego-workload.ts";

/** A workload made ready in one engine. */
export interface Prepared {
  /** The outputs, one for each input. */
  readonly outputs: readonly unknown[];
  /** Nanoseconds that all inputs take, one after the other: the median of some tries. */
  measure(millis: number): Promise<number>;
}

/** Undefined where the engine cannot run the workload; the reason is given to `report`. */
export type Engine = (workload: Workload, report: (reason: string) => void) => Promise<Prepared | undefined>;

export const ours: Engine = async (workload) => {
  const prepared = prepareOurs(workload);
  const inputs = workload.inputs.map((input) => parseJson(JSON.stringify(input)));
  // Outputs as JSON values, which is what the other engines give.
  const evaluate = (input: (typeof inputs)[number]): unknown => toJson(prepared.value(input) ?? null);
  return inProcess(inputs, evaluate);
};

/** Compiles a workload's policy and its query. */
export function prepareOurs({
  modules,
  data,
  query,
}: Pick<Workload, "modules" | "data" | "query">): ReturnType<ReturnType<typeof compile>["prepare"]> {
  const document = parseJson(JSON.stringify(data));
  if (!isPlainObject(document)) throw new Error("data is an object");
  const sources = modules.map(({ name, text, version }) => ({ file: name, text, regoVersion: version }));
  return compile({ modules: sources, data: document }).prepare(query);
}

export const handWritten: Engine = async ({ inputs, handWritten: policy }, report) => {
  if (policy === undefined) {
    report("not written by hand");
    return undefined;
  }
  return inProcess([...inputs.keys()], policy);
};

export function opaEngine(runner: OpaRunner): Engine {
  let next = 0;
  return async ({ modules, data, query, inputs }) => {
    const name = String((next += 1));
    const policy = { modules, data: JSON.stringify(data) };
    const texts = inputs.map((input) => JSON.stringify(input));
    const { outputs } = await runner.prepare(name, policy, query, texts);
    return { outputs, measure: async (millis) => (await runner.measure(name, millis)).medianNanos };
  };
}

/** OPA's WebAssembly, built by its command line. Undefined where that cannot be had. */
export function wasmEngine(): Engine | undefined {
  const opa = findGoTool(OPA);
  if (opa === undefined) return undefined;
  return async (workload, report) => {
    const policy = await loadPolicy(buildWasm(opa, workload), 64);
    policy.setData(workload.data);
    const evaluate = (input: unknown): unknown => {
      const [first]: readonly { readonly result?: unknown }[] = policy.evaluate(input);
      return first?.result ?? null;
    };
    try {
      return inProcess(workload.inputs, evaluate);
    } catch (error) {
      report(inspect(error));
      return undefined;
    }
  };
}

function buildWasm(opa: string, { modules, query }: Workload): Uint8Array<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), "redoubt-wasm-"));
  try {
    for (const { name, text } of modules) writeFileSync(join(folder, name), text);
    const entrypoint = query.replace(/^data\./, "").replaceAll(".", "/");
    const version = modules.some((module) => module.version === "v0") ? ["--v0-compatible"] : [];
    const bundle = join(folder, "bundle.tar.gz");
    const files = modules.map(({ name }) => join(folder, name));
    execFileSync(opa, ["build", "-t", "wasm", ...version, "-e", entrypoint, "-o", bundle, ...files], { stdio: "pipe" });
    execFileSync("tar", ["-xzf", bundle, "-C", folder, "/policy.wasm"], { stdio: "pipe" });
    return new Uint8Array(readFileSync(join(folder, "policy.wasm")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inProcess<Input>(inputs: readonly Input[], evaluate: (input: Input) => unknown): Prepared {
  const outputs = inputs.map(evaluate);
  const round = (): void => {
    for (const input of inputs) evaluate(input);
  };
  return { outputs, measure: async (millis) => measure(round, millis) };
}

const NANOS = 1e6;
const SAMPLE_MILLIS = 2;

/** Median nanoseconds of an operation. It is repeated within a sample, so that the clock is good enough. */
export function measure(operation: () => void, millis: number): number {
  const start = performance.now();
  // A third of the time goes to warming up, and to finding how often an operation fits into a sample.
  let repeats = 0;
  for (; performance.now() - start < millis / 3; repeats += 1) operation();
  const perSample = Math.max(1, Math.ceil((repeats * SAMPLE_MILLIS) / (millis / 3)));
  const samples: number[] = [];
  while (samples.length < 3 || performance.now() - start < millis) {
    const before = performance.now();
    for (let repeat = 0; repeat < perSample; repeat += 1) operation();
    samples.push((performance.now() - before) / perSample);
  }
  return median(samples) * NANOS;
}

/** @throws Error where an engine gives other outputs than expected. */
export function expectSameOutputs(workload: Workload, engine: string, expected: Prepared, other: Prepared): void {
  const counts = workload.ownWords?.includes(engine) === true;
  const seen = (output: unknown): string =>
    counts && Array.isArray(output) ? String(output.length) : fingerprint(output);
  for (const [index, output] of expected.outputs.entries()) {
    if (seen(output) === seen(other.outputs[index])) continue;
    const [left, right] = [output, other.outputs[index]].map((value) => fingerprint(value).slice(0, 500));
    throw new Error(`${workload.name}, input ${index}: ${left} is expected, ${engine} gives ${right}`);
  }
}
