/** A builtin failed. OPA's two codes: operands of a wrong type, and everything else. */
export type BuiltinErrorCode = "eval_type_error" | "eval_builtin_error";

/**
 * What a builtin throws. Unless errors are strict, the call is undefined and nobody sees it, so it is made without a
 * stack. The message lacks the `name: ` that OPA prints before it: whoever made the call knows the name.
 */
export class BuiltinError extends Error {
  override readonly name = "BuiltinError";
  readonly code: BuiltinErrorCode;

  constructor(message: string, code: BuiltinErrorCode = "eval_builtin_error") {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
    this.code = code;
  }
}

export type HaltCode = "eval_cancel_error" | "eval_conflict_error" | "eval_internal_error" | "eval_builtin_error";

/** Ends the whole evaluation, strict or not: a budget is spent, or the evaluator made an impossible call. */
export class HaltError extends Error {
  override readonly name = "HaltError";
  readonly code: HaltCode;

  constructor(code: HaltCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A builtin needs an answer that takes time (`http.send`). Whoever drives the evaluation waits for `answer`, which
 * stores the result in the context's memo, and evaluates again.
 */
export class PendingAnswer extends Error {
  override readonly name = "PendingAnswer";
  readonly answer: Promise<void>;

  constructor(answer: Promise<void>) {
    super("the answer of a builtin is still awaited");
    this.answer = answer;
  }
}
