/**
 * Errors that a program could end with either way. Rego does not say in which order rules and statements are evaluated, and
 * an evaluation ends with the first error it meets: OPA goes on with the first value of a rule before it looks for others
 * that conflict with it, and passes rules by that its index rules out or that cannot change the result.
 */
import { SeededRandom } from "../seeded-random.ts";
import type { OpaEngine } from "./opa-engine.ts";
import { type Failure, type Outcome, compareOutcomes } from "./outcome.ts";
import type { Program } from "./program.ts";
import { reordered } from "./reorder.ts";

/** How many other orders of a program OPA is asked about. */
const ORDERS = 24;

/** Whether both outcomes are right: OPA gives ours too once it evaluates in another order. */
export async function isOrderOfErrors(
  opa: OpaEngine,
  program: Program,
  ours: Outcome,
  theirs: Outcome,
): Promise<boolean> {
  if (ours.kind !== "failed" && theirs.kind !== "failed") return false;
  const [plain] = await opa.ask(program, true);
  if (plain !== undefined && compareOutcomes(ours, plain) === "same") return true;
  if (ours.kind !== "failed" || theirs.kind !== "failed") return false;
  if (isSameCall(ours.failure, theirs.failure) || isSameFault(ours.failure, theirs.failure)) return true;
  const alone = await opa.ask({ ...program, queries: documentsOf(program) });
  if (alone.some((outcome) => outcome.kind === "failed" && isSameFault(outcome.failure, ours.failure))) return true;
  const random = new SeededRandom(program.modules.length);
  const orders = Array.from({ length: ORDERS }, () => reordered(random, program));
  const others = await Promise.all(orders.map(async (order) => opa.ask(order)));
  return others.flat().some((outcome) => outcome.kind === "failed" && isSameFault(outcome.failure, ours.failure));
}

/** Whether a builtin fails at the same place, for another operand. */
function isSameCall(ours: Failure, theirs: Failure): boolean {
  const isBuiltin = ours.code === "eval_type_error" || ours.code === "eval_builtin_error";
  return isBuiltin && ours.code === theirs.code && ours.place === theirs.place;
}

/** Whether the same is wrong; which two of several values of a rule disagree, and where they stand, may differ. */
function isSameFault(left: Failure, right: Failure): boolean {
  return left.code === right.code && headline(left) === headline(right);
}

function headline({ message }: Failure): string {
  return message.split("\n", 1).join("");
}

/** The paths of a program's rules. */
export function documentsOf({ modules }: Program): readonly string[] {
  const paths = modules.flatMap(({ text }) => {
    const path = /^package (.+)$/m.exec(text)?.[1] ?? "";
    return [...text.matchAll(/^p\d+\b(?!\()/gm)].map(([rule]) => `data.${path.trim()}.${rule}`);
  });
  return [...new Set(paths)];
}
