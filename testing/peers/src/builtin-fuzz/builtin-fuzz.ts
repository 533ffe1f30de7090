/** Calls every builtin with generated operands in real OPA and in our engine, and reports every difference, made small. */
import { OpaEngine } from "../rego-fuzz/opa-engine.ts";
import { askOurs } from "../rego-fuzz/our-engine.ts";
import { type Outcome, compareOutcomes, outcomeText, signature } from "../rego-fuzz/outcome.ts";
import type { Program } from "../rego-fuzz/program.ts";
import { type Judge, shrink } from "../rego-fuzz/shrink.ts";
import { type BuiltinCall, CALLED, generateCall, queryOf } from "./builtin-call.ts";
import { knownDifference } from "./known-differences.ts";

export interface BuiltinFuzzOptions {
  readonly seed: number;
  readonly calls: number;
  /** The number of the first call. */
  readonly first?: number;
  /** Names of the builtins to call, or the beginnings of them; absent for all. */
  readonly only?: readonly string[];
  /** How many differences of a builtin are made small and shown; others are only counted. */
  readonly shown: number;
  readonly report: (line: string) => void;
}

export interface BuiltinFuzzReport {
  readonly calls: number;
  readonly results: number;
  readonly undefined: number;
  readonly errors: number;
  /** Calls that OPA gave no answer to. */
  readonly unknown: number;
  /** Differences that are listed with their reasons, by builtin. */
  readonly known: Readonly<Record<string, number>>;
  readonly different: number;
  readonly differentByBuiltin: Readonly<Record<string, number>>;
}

const QUERY_MILLIS = 2000;
const BATCH = 100;

/** Undefined where OPA cannot be had. */
export async function fuzzBuiltins(options: BuiltinFuzzOptions): Promise<BuiltinFuzzReport | undefined> {
  const opa = OpaEngine.start();
  if (opa === undefined) return undefined;
  try {
    return await new BuiltinFuzzRun(opa, options).run();
  } finally {
    await opa.close();
  }
}

class BuiltinFuzzRun {
  readonly #opa: OpaEngine;
  readonly #options: BuiltinFuzzOptions;
  readonly #counts = { results: 0, undefined: 0, errors: 0, unknown: 0 };
  readonly #known: Record<string, number> = {};
  readonly #differing = new Map<string, number>();

  constructor(opa: OpaEngine, options: BuiltinFuzzOptions) {
    this.#opa = opa;
    this.#options = options;
  }

  async run(): Promise<BuiltinFuzzReport> {
    const { seed, calls, first = 0, only } = this.#options;
    const builtins = CALLED.filter(({ name }) => only?.some((start) => name.startsWith(start)) ?? true);
    for (let start = first; start < first + calls; start += BATCH) {
      const size = Math.min(BATCH, first + calls - start);
      const batch = Array.from({ length: size }, (_, offset) => generateCall(seed, start + offset, builtins));
      const program = programOf(batch.map(queryOf));
      const theirs = this.#opa.ask(program);
      const ours = askOurs(program, QUERY_MILLIS);
      for (const [offset, their] of (await theirs).entries()) {
        const call = batch[offset];
        const our = ours[offset];
        if (call === undefined || our === undefined) throw new Error("an engine left out a call");
        await this.#judge(start + offset, call, our, their);
      }
    }
    let different = 0;
    for (const count of this.#differing.values()) different += count;
    const differentByBuiltin = Object.fromEntries(this.#differing);
    return { calls, ...this.#counts, known: this.#known, different, differentByBuiltin };
  }

  async #judge(index: number, call: BuiltinCall, ours: Outcome, theirs: Outcome): Promise<void> {
    this.#count(theirs);
    if (!isDifferent(ours, theirs)) return;
    const { builtin } = call;
    if (knownDifference(call, ours, theirs) !== undefined) {
      this.#known[builtin] = (this.#known[builtin] ?? 0) + 1;
      return;
    }
    const seen = this.#differing.get(builtin) ?? 0;
    this.#differing.set(builtin, seen + 1);
    const { seed, shown, report } = this.#options;
    if (seen >= shown) return;
    report(`seed ${seed}, call ${index}: ${builtin}: ${signature(ours, theirs)}`);
    const judge: Judge = async (candidate) => {
      const [their] = await this.#opa.ask(candidate);
      const [our] = askOurs(candidate, QUERY_MILLIS);
      if (our === undefined || their === undefined) throw new Error("an engine left out a call");
      const isKnown = knownDifference(call, our, their) !== undefined;
      return { ours: our, theirs: their, comparison: isDifferent(our, their) && !isKnown ? "different" : "same" };
    };
    const small = await shrink(programOf([queryOf(call)]), judge);
    const outcomes = await judge(small);
    report(`${small.queries[0] ?? ""}\nours: ${outcomeText(outcomes.ours)}\nOPA:  ${outcomeText(outcomes.theirs)}\n`);
  }

  #count(theirs: Outcome): void {
    if (theirs.kind === "failed") this.#counts.errors += 1;
    else if (theirs.kind === "results") this.#counts[theirs.results.length > 0 ? "results" : "undefined"] += 1;
    else this.#counts.unknown += 1;
  }
}

function programOf(queries: readonly string[]): Program {
  return { modules: [], data: "{}", input: undefined, queries, strictErrors: true };
}

/** Places are all the same here: where a call is made is not compared. */
function isDifferent(ours: Outcome, theirs: Outcome): boolean {
  return compareOutcomes(ours, theirs) === "different";
}
