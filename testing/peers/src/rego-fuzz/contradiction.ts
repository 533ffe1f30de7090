/**
 * Answers in which OPA contradicts itself. It keeps the value of a rule for the second reference to it, but hands the first one the
 * terms that the value is made of: of `p := {x, y}` with two equal variables, the first walk finds two members.
 */
import { documentsOf } from "./error-order.ts";
import type { OpaEngine } from "./opa-engine.ts";
import { askOurs } from "./our-engine.ts";
import { type Outcome, compareOutcomes } from "./outcome.ts";
import type { Program } from "./program.ts";

/** Whether OPA gives another answer, which is ours, once the values of all rules are known. */
export async function contradictsItself(
  opa: OpaEngine,
  program: Program,
  ours: Outcome,
  theirs: Outcome,
  millis: number,
): Promise<boolean> {
  if (ours.kind !== "results" || theirs.kind !== "results") return false;
  const known = documentsOf(program).map((path) => `_ = [1 | ${path}]`);
  const asked = { ...program, queries: program.queries.map((query) => [...known, query].join("; ")) };
  const [their] = await opa.ask(asked);
  const [our] = askOurs(asked, millis);
  return our !== undefined && their !== undefined && compareOutcomes(our, their) === "same";
}
