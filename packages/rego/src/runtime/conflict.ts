import { formatPlace, type Location, compareLocations } from "../syntax/location.ts";
import { equal } from "../values/order.ts";
import { termText } from "../values/term-text.ts";
import type { Value } from "../values/value.ts";
import { EvaluationError } from "./errors.ts";
import type { Evaluation } from "./evaluation.ts";

/** A definition whose own solutions disagree. Whoever evaluates the document makes the error that lists all values. */
export class DefinitionConflict extends Error {
  override readonly name = "DefinitionConflict";
  readonly first: Value;
  readonly second: Value;
  readonly location: Location;

  constructor(first: Value, second: Value, location: Location) {
    super("a definition has two values");
    this.first = first;
    this.second = second;
    this.location = location;
  }
}

/** A definition of a document, and those after `else` that stand in for it. */
export interface Definition {
  readonly location: Location;
  readonly evaluate: (...args: readonly Value[]) => Value | undefined;
}

const MOST_LISTED = 10;
const LONGEST_VALUE = 80;

/**
 * The error of a rule or function whose definitions disagree; evaluates them again to list the values, as OPA does. What fails
 * meanwhile has no value to list.
 */
export function conflictError(
  evaluation: Evaluation,
  what: string,
  chains: readonly (readonly Definition[])[],
  args: readonly Value[],
): EvaluationError {
  const { failure } = evaluation;
  const found: { readonly value: Value; readonly location: Location }[] = [];
  let place: Location | undefined;
  let more = false;
  const note = (value: Value, location: Location): boolean => {
    const [first] = found;
    if (first !== undefined && equal(first.value, value)) return false;
    if (found.length === MOST_LISTED) {
      more = true;
      return true;
    }
    found.push({ value, location });
    if (first !== undefined) place ??= location;
    return first !== undefined;
  };
  for (const chain of chains) {
    if (more) break;
    for (const { location, evaluate } of chain) {
      const outcome = valuesOf(evaluate, args, location);
      if (outcome.length === 0) continue;
      outcome.some((value) => note(value, location));
      break;
    }
  }
  evaluation.failure = failure;
  const listed = [...found].sort((a, b) => compareLocations(a.location, b.location));
  const lines = listed.map(({ value, location }) => `\n  ${shortened(termText(value))} at ${formatPlace(location)}`);
  const message = `${what}:${lines.join("")}${more ? "\n  ..." : ""}`;
  return new EvaluationError("eval_conflict_error", message, place);
}

function valuesOf(evaluate: Definition["evaluate"], args: readonly Value[], location: Location): readonly Value[] {
  try {
    const value = evaluate(...args);
    return value === undefined ? [] : [value];
  } catch (error) {
    if (error instanceof DefinitionConflict && error.location === location) return [error.first, error.second];
    if (error instanceof EvaluationError) return [];
    throw error;
  }
}

/** On one line, and not longer than a reader takes in. */
function shortened(text: string): string {
  const line = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .join(" ");
  const characters = Array.from(line);
  return characters.length > LONGEST_VALUE ? `${characters.slice(0, LONGEST_VALUE).join("")}...` : line;
}
