/** One evaluation: the variables it sees, and what it has cost so far. */
import { toValue, type Native } from "../values/native.ts";
import { CelError, type Value } from "../values/value.ts";

/** The variables of one evaluation, by name. */
export interface Activation {
  /** undefined where there is no such variable: reading it is an error. JSON null is null. */
  resolve(name: string): Native | undefined;
}

/** Thrown to leave an evaluation that costs more than it may; `Program.evaluate` turns it into an error. */
export class CostExceeded extends Error {}

export class Run {
  /** Variables of comprehensions, by the slot that planning gave them; undefined until first read. */
  readonly locals: (Value | undefined)[] = [];
  readonly #activation: Activation;
  readonly #limit: number;
  cost = 0;

  constructor(activation: Activation, limit: number) {
    this.#activation = activation;
    this.#limit = limit;
  }

  spend(cost: number): void {
    this.cost += cost;
    if (this.cost > this.#limit) throw new CostExceeded();
  }

  variable(name: string): Value {
    const native = this.#activation.resolve(name);
    return native === undefined ? new CelError(`no such attribute(s): ${name}`) : toValue(native);
  }
}

export type Evaluate = (run: Run) => Value;
