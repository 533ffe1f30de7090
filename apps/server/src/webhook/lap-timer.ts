import type { PolicyReference, Stopwatch } from "@redoubt/admission";

/** One decision's stopwatch: the time since the last policy is that of the next, so that the clock is read once for each. */
export class LapTimer implements Stopwatch {
  readonly #deadline: number;
  readonly #observe: (policy: PolicyReference, milliseconds: number) => void;
  #last = performance.now();

  /** `deadline` is a time of `performance.now()`. */
  constructor(deadline: number, observe: (policy: PolicyReference, milliseconds: number) => void) {
    this.#deadline = deadline;
    this.#observe = observe;
  }

  remaining(): number {
    return this.#deadline - this.#last;
  }

  judged(policy: PolicyReference): void {
    const now = performance.now();
    this.#observe(policy, now - this.#last);
    this.#last = now;
  }
}
