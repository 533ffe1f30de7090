import type { OpaAnswer, OpaFailure, OpaRunner } from "../opa-runner.ts";
import { type Failure, type Outcome, resultsOutcome } from "./outcome.ts";
import type { Program } from "./program.ts";

/** What real OPA makes of each query of a program. See `OpaRunner.evaluate` for `plain`. */
export async function askOpa(
  runner: OpaRunner,
  program: Program,
  options: { readonly millis: number; readonly plain?: boolean },
): Promise<readonly Outcome[]> {
  const { modules, data, strictErrors, queries, input } = program;
  const evaluation = await runner.evaluate({ modules, data, strictErrors }, queries, input, options);
  if (evaluation.answers !== undefined) return evaluation.answers.map(outcomeOf);
  const outcome = outcomeOf({ ...evaluation, results: null });
  return queries.map(() => outcome);
}

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
  if (stage !== "eval" || first.code === "eval_cancel_error" || first.code === "") {
    return { kind: "gave-up", reason: `${stage}: ${first.message}` };
  }
  return { kind: "failed", failure: failureOf(first) };
}

function failureOf({ code, message, file, row }: OpaFailure): Failure {
  return { code, message, place: `${file}:${row}` };
}
