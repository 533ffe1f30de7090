/** What is known at one point of a body that is being written. */
export interface Scope {
  /** Rego variables that have a value, by the names of the JavaScript variables that hold it. */
  readonly locals: Map<string, string>;
  /** References that have been looked up and are defined here, by the JavaScript variables that hold what they found. */
  readonly known: Map<string, string>;
  /** The statement that gives up: this solution, this round of a loop, or the body. */
  readonly fail: string;
  /** Whether code is inside a loop of its function or block, so that another solution may follow. */
  readonly looping: boolean;
  /** Whether code is inside any loop of its function, those around its block included. */
  readonly repeated: boolean;
  /** Whether modifiers are in force that are not for the whole function. */
  readonly modified: boolean;
  /** Whether the order of solutions can be seen. */
  readonly ordered: boolean;
  /** The rounds of loops, and the blocks, that code is inside of. */
  readonly rounds: readonly Round[];
}

/**
 * A stretch of code that ends without going on with the values that documents have given in it. Where a document has
 * put off that its values conflict (see `Evaluation.pending`), that comes up at its end.
 */
export interface Round {
  /** Whether a document is evaluated in it. */
  evaluates: boolean;
  /** Writes what it needs for that. */
  readonly prepare: () => void;
}

/** The names of JavaScript variables are ours alone: nothing of a policy becomes part of one. */
export class NameSource {
  #count = 0;

  next(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }
}
