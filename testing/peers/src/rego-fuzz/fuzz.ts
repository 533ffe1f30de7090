/** Runs generated programs through real OPA and our engine, and reports every difference, made small. */
import { contradictsItself } from "./contradiction.ts";
import { isOrderOfErrors } from "./error-order.ts";
import { OpaEngine } from "./opa-engine.ts";
import { askOurs } from "./our-engine.ts";
import { type Comparison, type Outcome, compareOutcomes, outcomeText, signature } from "./outcome.ts";
import { type Program, generateProgram } from "./program.ts";
import { type Judge, shrink } from "./shrink.ts";

export interface FuzzOptions {
  readonly seed: number;
  readonly programs: number;
  /** The number of the first program. */
  readonly first?: number;
  /** How many differences are made small; the others are only counted. */
  readonly shrunk: number;
  /** Whether other words in refusals, and other places of errors, are reported too. */
  readonly wording: boolean;
  readonly report: (line: string) => void;
}

export interface FuzzReport {
  readonly programs: number;
  /** Programs whose modules OPA refuses. */
  readonly refused: number;
  readonly queries: number;
  readonly results: number;
  readonly undefined: number;
  readonly errors: number;
  /** Queries that OPA gave no answer to, in time or at all. */
  readonly unknown: number;
  readonly different: number;
  readonly wordedDifferently: number;
  /** Queries to which OPA itself gives our answer when it is asked again: see `contradictsItself`. */
  readonly contradictions: number;
  /** Queries of which it depends on the order of evaluation what error they end with: see `isOrderOfErrors`. */
  readonly orderOfErrors: number;
}

const QUERY_MILLIS = 2000;
/** Programs on their way at once: OPA works while we do. */
const BATCH = 64;

/** Undefined where OPA cannot be had. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport | undefined> {
  const opa = OpaEngine.start();
  if (opa === undefined) return undefined;
  try {
    return await new FuzzRun(opa, options).run();
  } finally {
    await opa.close();
  }
}

class FuzzRun {
  readonly #opa: OpaEngine;
  readonly #options: FuzzOptions;
  readonly #counts = { refused: 0, queries: 0, results: 0, undefined: 0, errors: 0, unknown: 0 };
  readonly #found: Record<Comparison, number> = {
    same: 0,
    unknown: 0,
    different: 0,
    "worded-differently": 0,
    "order-of-errors": 0,
    contradiction: 0,
  };
  #shrunk = 0;

  constructor(opa: OpaEngine, options: FuzzOptions) {
    this.#opa = opa;
    this.#options = options;
  }

  async run(): Promise<FuzzReport> {
    const { seed, programs, first = 0 } = this.#options;
    for (let start = first; start < first + programs; start += BATCH) {
      const indices = Array.from({ length: Math.min(BATCH, first + programs - start) }, (_, offset) => start + offset);
      const batch = indices.map((index) => {
        const program = generateProgram(seed, index);
        return { index, program, theirs: this.#opa.ask(program) };
      });
      for (const { index, program, theirs } of batch) {
        await this.#judgeProgram(index, program, askOurs(program, QUERY_MILLIS), await theirs);
      }
    }
    const { different, contradiction } = this.#found;
    const { "worded-differently": wordedDifferently, "order-of-errors": orderOfErrors } = this.#found;
    const contradictions = contradiction;
    return { programs, ...this.#counts, different, wordedDifferently, orderOfErrors, contradictions };
  }

  async #judgeProgram(
    index: number,
    program: Program,
    ours: readonly Outcome[],
    theirs: readonly Outcome[],
  ): Promise<void> {
    if (theirs.every(({ kind }) => kind === "refused")) this.#counts.refused += 1;
    for (const [number, query] of program.queries.entries()) {
      const our = ours[number];
      const their = theirs[number];
      if (our === undefined || their === undefined) throw new Error("an engine left out a query");
      this.#count(their);
      const comparison = await this.#compare({ ...program, queries: [query] }, our, their);
      this.#found[comparison] += 1;
      if (comparison === "different" || (comparison === "worded-differently" && this.#options.wording)) {
        await this.#reportDifference(index, { ...program, queries: [query] }, our, their);
        // The same fault would mostly be found by the other queries too.
        if (our.kind === "refused" || their.kind === "refused") return;
      }
    }
  }

  async #compare(program: Program, ours: Outcome, theirs: Outcome): Promise<Comparison> {
    const comparison = compareOutcomes(ours, theirs);
    if (comparison !== "different") return comparison;
    if (await isOrderOfErrors(this.#opa, program, ours, theirs)) return "order-of-errors";
    return (await contradictsItself(this.#opa, program, ours, theirs, QUERY_MILLIS)) ? "contradiction" : comparison;
  }

  #count(theirs: Outcome): void {
    this.#counts.queries += 1;
    if (theirs.kind === "failed") this.#counts.errors += 1;
    else if (theirs.kind === "gave-up") this.#counts.unknown += 1;
    else if (theirs.kind === "results") this.#counts[theirs.results.length > 0 ? "results" : "undefined"] += 1;
  }

  async #reportDifference(index: number, program: Program, ours: Outcome, theirs: Outcome): Promise<void> {
    const { report, seed, shrunk } = this.#options;
    report(`seed ${seed}, program ${index}: ${signature(ours, theirs)}`);
    if (this.#shrunk >= shrunk) return;
    this.#shrunk += 1;
    const judge: Judge = async (candidate) => {
      const [their] = await this.#opa.ask(candidate);
      const [our] = askOurs(candidate, QUERY_MILLIS);
      if (our === undefined || their === undefined) throw new Error("an engine left out a query");
      return { ours: our, theirs: their, comparison: await this.#compare(candidate, our, their) };
    };
    const small = await shrink(program, judge);
    const outcomes = await judge(small);
    report(programText(small));
    report(`ours: ${outcomeText(outcomes.ours)}\nOPA:  ${outcomeText(outcomes.theirs)}\n`);
  }
}

/** A program as a person reads it. */
export function programText({ modules, data, input, queries, strictErrors }: Program): string {
  return [
    ...modules.map(({ name, version, text }) => `# ${name} (${version})\n${text.trim()}`),
    `data: ${data.trim()}`,
    `input: ${input?.trim() ?? "none"}`,
    ...queries.map((query) => `query: ${query.trim()}`),
    ...(strictErrors ? ["builtin errors are fatal"] : []),
  ].join("\n");
}
