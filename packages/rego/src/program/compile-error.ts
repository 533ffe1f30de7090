import { formatErrors, type RegoError } from "../syntax/error.ts";

/** Modules or a query that cannot be compiled. `message` lists the errors as OPA prints them. */
export class RegoCompileError extends Error {
  override readonly name = "RegoCompileError";
  readonly errors: readonly RegoError[];

  constructor(errors: readonly RegoError[]) {
    super(formatErrors(errors));
    this.errors = errors;
  }

  /** The code of the first error. */
  get code(): RegoError["code"] | undefined {
    return this.errors[0]?.code;
  }
}
