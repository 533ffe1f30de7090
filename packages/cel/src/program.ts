import { CostExceeded, Run, type Activation, type Evaluate } from "./plan/run.ts";
import { isError, type Value } from "./values/value.ts";

/** The API server's limit for one expression. */
export const COST_LIMIT = 1_000_000;

/** What an evaluation gave, and what it cost, in the API server's units. */
export type Evaluation =
  | { readonly kind: "value"; readonly value: Value; readonly cost: number }
  | { readonly kind: "error"; readonly message: string; readonly cost: number };

/** A compiled expression. It keeps nothing between evaluations. */
export class Program {
  readonly text: string;
  readonly #evaluate: Evaluate;

  constructor(text: string, evaluate: Evaluate) {
    this.text = text;
    this.#evaluate = evaluate;
  }

  /** Never throws: what goes wrong is an error with the API server's words. */
  evaluate(activation: Activation, limit: number = COST_LIMIT): Evaluation {
    const run = new Run(activation, limit);
    try {
      const value = this.#evaluate(run);
      if (isError(value)) return { kind: "error", message: value.message, cost: run.cost };
      return { kind: "value", value, cost: run.cost };
    } catch (error) {
      if (!(error instanceof CostExceeded)) throw error;
      return { kind: "error", message: "operation cancelled: actual cost limit exceeded", cost: run.cost };
    }
  }
}
