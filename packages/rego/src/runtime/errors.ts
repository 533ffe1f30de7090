import { formatPlace, type Location } from "../syntax/location.ts";

/** The codes of errors that end an evaluation, as OPA names them. */
export type EvaluationErrorCode =
  | "eval_internal_error"
  | "eval_cancel_error"
  | "eval_conflict_error"
  | "eval_type_error"
  | "eval_builtin_error"
  | "eval_with_merge_error";

/** Ends an evaluation. `toString` prints it as OPA does: place, code, message. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
  readonly code: EvaluationErrorCode;
  readonly location: Location | undefined;

  constructor(code: EvaluationErrorCode, message: string, location?: Location, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.location = location;
  }

  override toString(): string {
    const place = this.location === undefined ? "" : `${formatPlace(this.location)}: `;
    return `${place}${this.code}: ${this.message}`;
  }
}
