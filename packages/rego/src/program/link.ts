import type { Evaluation } from "../runtime/evaluation.ts";
import * as runtime from "../runtime/index.ts";
import type { Value } from "../values/value.ts";

/**
 * Makes generated code a function of the input. This is the one place where text becomes code: it holds literals that
 * `stringLiteral` and `JSON.stringify` wrote and names of our own, and nothing else of a policy.
 */
export function linkCode(
  text: string,
  constants: readonly unknown[],
  evaluation: Evaluation,
  data: Value,
): (input: Value | undefined) => void {
  const link = new Function("R", "C", "E", "D", text);
  const run: unknown = link(runtime, constants, evaluation, data);
  if (typeof run !== "function") throw new TypeError("generated code is a function");
  return (input) => run(input);
}
