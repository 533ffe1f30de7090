import type { Location } from "../syntax/location.ts";
import type { Value } from "../values/value.ts";
import { DefinitionConflict } from "./conflict.ts";
import { EvaluationError } from "./errors.ts";
import type { Evaluation } from "./evaluation.ts";

/** The value of a document where nothing goes on with it: what it has put off is raised at once. */
export function settled(evaluation: Evaluation, evaluate: () => Value | undefined): Value | undefined {
  const before = evaluation.pending;
  const value = evaluate();
  if (evaluation.pending !== before) throw evaluation.pending;
  return value;
}

/** The value that a definition goes on with although `error` was met when it looked for more: puts the error off. Throws where there is none yet. */
export function putOff(evaluation: Evaluation, error: unknown, value: Value | undefined): Value {
  if (value === undefined || !(error instanceof EvaluationError)) throw error;
  evaluation.pending = error;
  return value;
}

/** As `putOff`, for a document. `conflict` makes the error of definitions, at one of `places`, that disagree. */
export function firstValue(
  evaluation: Evaluation,
  error: unknown,
  value: Value | undefined,
  places: readonly Location[],
  conflict: () => EvaluationError,
): Value {
  if (!(error instanceof DefinitionConflict) || !places.includes(error.location)) {
    return putOff(evaluation, error, value);
  }
  evaluation.pending = conflict();
  return value === undefined ? error.first : value;
}
