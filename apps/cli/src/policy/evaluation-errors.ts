import type { EvaluationError } from "@redoubt/rego";
import { faultLines } from "./faults.ts";

/** An error of an evaluation with the line of the source at which it came about. */
export function evaluationErrorLines({ code, message, location }: EvaluationError): string[] {
  return faultLines({ code, message, location });
}

/** Errors as OPA's JSON output has them. */
export function evaluationErrorsJson(errors: readonly EvaluationError[]): readonly object[] {
  return errors.map(({ code, message, location }) => ({
    message,
    code,
    ...(location === undefined
      ? {}
      : { location: { file: location.source.file, row: location.row, col: location.col } }),
  }));
}
