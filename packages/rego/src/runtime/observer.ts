import type { Expr, Rule } from "../syntax/ast.ts";
import type { Value } from "../values/value.ts";

/**
 * What happens in an observed evaluation. `enter` and `exit`: a definition is tried, and has a solution. `eval` and
 * `pass`: an expression is tried, and holds (once for each of its solutions).
 */
export type ObservedEvent = "enter" | "exit" | "eval" | "pass";

/** Told what happens in an evaluation, in order. */
export interface Observer {
  /** `locals` are the variables that have a value at that moment, by their names in the checked policy. */
  observe(event: ObservedEvent, node: Expr | Rule, locals: Readonly<Record<string, Value>>): void;
}
