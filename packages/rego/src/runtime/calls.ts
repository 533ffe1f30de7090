import type { BuiltinCall } from "../builtins/builtin.ts";
import { BuiltinError } from "../builtins/errors.ts";
import type { Value } from "../values/value.ts";
import type { CallSite, Evaluation } from "./evaluation.ts";

/** Calls a builtin: undefined where it fails, unless errors are strict, which is seen when the evaluation ends. */
export function callBuiltin(
  evaluation: Evaluation,
  site: CallSite,
  call: BuiltinCall,
  operands: readonly Value[],
): Value | undefined {
  try {
    return call(evaluation, ...operands);
  } catch (error) {
    return failed(evaluation, site, error);
  }
}

/** As `callBuiltin`, without an array, for the counts of operands that most builtins have. */
export function callBuiltin1(evaluation: Evaluation, site: CallSite, call: BuiltinCall, a: Value): Value | undefined {
  try {
    return call(evaluation, a);
  } catch (error) {
    return failed(evaluation, site, error);
  }
}

/** See `callBuiltin1`. */
export function callBuiltin2(
  evaluation: Evaluation,
  site: CallSite,
  call: BuiltinCall,
  a: Value,
  b: Value,
): Value | undefined {
  try {
    return call(evaluation, a, b);
  } catch (error) {
    return failed(evaluation, site, error);
  }
}

/** A failure makes a call undefined; whatever else was thrown ends the evaluation. */
function failed(evaluation: Evaluation, site: CallSite, error: unknown): undefined {
  if (!(error instanceof BuiltinError)) throw error;
  evaluation.fail(site, error.code, error.message);
  return undefined;
}
