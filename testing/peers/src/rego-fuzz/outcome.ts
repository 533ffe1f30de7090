/** What became of a program in one engine, in a form that two engines can be compared by. */

/** A place in a module, `file:row`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly place: string;
}

export type Outcome =
  | { readonly kind: "results"; readonly results: readonly string[] }
  /** An error at compile time, of the modules or the query. */
  | { readonly kind: "refused"; readonly failures: readonly Failure[] }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The engine gave up, or broke. Says nothing about the program. */
  | { readonly kind: "gave-up"; readonly reason: string };

/** Solutions as a set, each with its variables in order. */
export function resultsOutcome(
  solutions: readonly {
    readonly bindings: Readonly<Record<string, string>>;
    readonly expressions: readonly string[];
  }[],
): Outcome {
  const results = solutions.map(({ bindings, expressions }) => {
    const variables = Object.keys(bindings).toSorted();
    return [...variables.map((name) => `${name} = ${bindings[name] ?? ""}`), ...expressions].join("; ");
  });
  return { kind: "results", results: [...new Set(results)].toSorted() };
}

export type Comparison = "same" | "unknown" | "different" | "worded-differently" | "order-of-errors" | "contradiction";

/**
 * Whether two engines agree. Results must be the same set, errors at run time have the same code and message, and programs that one
 * refuses be refused by the other with the same codes. Other messages or places of refusals, and other places of errors, count as wording.
 */
export function compareOutcomes(ours: Outcome, theirs: Outcome): Comparison {
  if (theirs.kind === "gave-up") return "unknown";
  if (ours.kind !== theirs.kind) return "different";
  switch (ours.kind) {
    case "results":
      return theirs.kind === "results" && sameList(ours.results, theirs.results) ? "same" : "different";
    case "failed":
      if (theirs.kind !== "failed") return "different";
      if (ours.failure.code !== theirs.failure.code || ours.failure.message !== theirs.failure.message)
        return "different";
      return ours.failure.place === theirs.failure.place ? "same" : "worded-differently";
    case "refused":
      if (theirs.kind !== "refused" || !sameList(codesOf(ours.failures), codesOf(theirs.failures))) return "different";
      return sameList(ours.failures.map(failureText), theirs.failures.map(failureText)) ? "same" : "worded-differently";
  }
}

/** What sort of difference it is: stays the same while a program is made smaller. */
export function signature(ours: Outcome, theirs: Outcome): string {
  return `${sortOf(ours)} instead of ${sortOf(theirs)}`;
}

function sortOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case "results":
      return outcome.results.length === 0 ? "undefined" : "results";
    case "failed":
      return outcome.failure.code;
    case "refused":
      return `refusal (${codesOf(outcome.failures).join(", ")})`;
    case "gave-up":
      return "no answer";
  }
}

export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "results":
      return outcome.results.length === 0 ? "undefined" : outcome.results.join("\n");
    case "failed":
      return failureText(outcome.failure);
    case "refused":
      return outcome.failures.map(failureText).join("\n");
    case "gave-up":
      return `no answer: ${outcome.reason}`;
  }
}

function failureText({ code, message, place }: Failure): string {
  return `${place}: ${code}: ${message}`;
}

function codesOf(failures: readonly Failure[]): readonly string[] {
  return [...new Set(failures.map(({ code }) => code))].toSorted();
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
