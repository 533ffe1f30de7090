import { type OpaAnswer, type OpaFailure, OpaRunner } from "../opa-runner.ts";
import { type Failure, type Outcome, resultsOutcome } from "./outcome.ts";
import type { Program } from "./program.ts";

const QUERY_MILLIS = 2000;

/** Real OPA, started again when a program breaks it. */
export class OpaEngine {
  #runner: OpaRunner;
  /** The last of what must be asked alone. */
  #alone: Promise<unknown> = Promise.resolve();

  private constructor(runner: OpaRunner) {
    this.#runner = runner;
  }

  /** Undefined where Go is missing; the reason is on stderr. */
  static start(): OpaEngine | undefined {
    const runner = OpaRunner.start();
    return runner === undefined ? undefined : new OpaEngine(runner);
  }

  async close(): Promise<void> {
    await this.#runner.close();
  }

  /** What OPA makes of each query of a program. See `OpaRunner.evaluate` for `plain`. */
  async ask(program: Program, plain = false): Promise<readonly Outcome[]> {
    try {
      return await evaluate(this.#runner, program, plain);
    } catch {
      // This program or another one on its way broke OPA: each is asked again by itself.
      const answer = this.#alone.then(async () => this.#askAlone(program, plain));
      this.#alone = answer;
      return answer;
    }
  }

  async #askAlone(program: Program, plain: boolean): Promise<readonly Outcome[]> {
    if (this.#runner.ended) this.#runner = OpaRunner.start() ?? this.#runner;
    try {
      return await evaluate(this.#runner, program, plain);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return program.queries.map(() => ({ kind: "gave-up", reason }));
    }
  }
}

async function evaluate(runner: OpaRunner, program: Program, plain: boolean): Promise<readonly Outcome[]> {
  const { modules, data, strictErrors, queries, input } = program;
  const options = { millis: QUERY_MILLIS, plain };
  const evaluation = await runner.evaluate({ modules, data, strictErrors }, queries, input, options);
  if (evaluation.answers !== undefined) return evaluation.answers.map(outcomeOf);
  const outcome = outcomeOf({ ...evaluation, results: null });
  return queries.map(() => outcome);
}

/** Codes of errors that say something about OPA rather than about the program: out of time, a statement run before what binds its variables. */
const FAULTS: ReadonlySet<string> = new Set(["", "eval_cancel_error", "eval_internal_error"]);

function outcomeOf({ results, stage, errors }: OpaAnswer): Outcome {
  const [first] = errors ?? [];
  if (first === undefined) {
    const solutions = (results ?? []).map(({ bindings, expressions }) => ({
      bindings,
      expressions: expressions ?? [],
    }));
    return resultsOutcome(solutions);
  }
  if (stage === "compile") return { kind: "refused", failures: (errors ?? []).map(failureOf) };
  if (stage !== "eval" || FAULTS.has(first.code)) {
    return { kind: "gave-up", reason: `${stage}: ${first.message}` };
  }
  return { kind: "failed", failure: failureOf(first) };
}

function failureOf({ code, message, file, row }: OpaFailure): Failure {
  return { code, message, place: `${file}:${row}` };
}
