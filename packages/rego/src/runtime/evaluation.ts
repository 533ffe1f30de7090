import type { BuiltinContext } from "../builtins/builtin.ts";
import type { BuiltinCaches } from "../builtins/cache.ts";
import { HaltError } from "../builtins/errors.ts";
import type { RegoHost } from "../builtins/host.ts";
import type { Location } from "../syntax/location.ts";
import { bigintValue } from "../values/number.ts";
import type { NumericValue, Value } from "../values/value.ts";
import { EvaluationError, type EvaluationErrorCode } from "./errors.ts";
import type { Observer } from "./observer.ts";

/** What one evaluation may use and who is told of it. */
export interface EvaluationOptions {
  /** Whether a builtin that fails ends the evaluation; else its call is undefined. Default: false. */
  readonly strictErrors?: boolean;
  /** Steps (one for each round of a loop, rule or call, about one for each value that a builtin makes). Default: no limit. */
  readonly budget?: number;
  /** Milliseconds that the evaluation may take. Default: no limit. */
  readonly deadline?: number;
  /** Ends the evaluation once it is aborted. Seen between two slices of work, so abort it from another thread or timer. */
  readonly signal?: AbortSignal;
  /** Nanoseconds since 1970 that `time.now_ns` tells. Default: the clock. */
  readonly now?: NumericValue;
  /** Told each line of `print`. */
  readonly print?: (line: string) => void;
  /** Told each note of `trace`. */
  readonly note?: (note: string) => void;
  /** Told the operand of `internal.test_case`. */
  readonly testCase?: (names: Value) => void;
}

/** A place in a policy where a builtin is called. */
export interface CallSite {
  readonly name: string;
  readonly location: Location;
}

/** One way in which a query holds, as generated code gives it. */
export interface Solution {
  /** The values of the query's variables. */
  readonly bindings: Readonly<Record<string, Value>>;
  /** The values of its expressions. */
  readonly values: readonly Value[];
}

/** Work between two looks at the clock. */
const SLICE = 50_000;

/** The state of a run that builtins and generated code share. One object serves all runs of a prepared query. */
export class Evaluation implements BuiltinContext {
  readonly host: RegoHost;
  readonly caches: BuiltinCaches;
  observer: Observer | undefined;
  #options: EvaluationOptions = {};
  #memo: Map<string, Value> | undefined;
  #now: NumericValue | undefined;
  #failure: EvaluationError | undefined;
  #startedAt = 0;
  /** Steps left of the slice in hand; generated code counts it down itself, and calls `refill` once it is below zero. */
  fuel = 0;
  /**
   * An error that a document has put off: OPA goes on with the first value of a rule to the end before it looks for other
   * values, so that an error met on the way comes first, and of two that are put off the later one.
   */
  pending: EvaluationError | undefined;
  /** Whether a builtin that fails ends the evaluation; then it counts which key of a collection is come to first. */
  isStrict = false;
  /** What generated code has found. */
  solutions: Solution[] = [];
  /** Steps that may be taken after this slice. */
  #left = Infinity;

  constructor(host: RegoHost, caches: BuiltinCaches) {
    this.host = host;
    this.caches = caches;
  }

  /** Makes ready for a run. Answers asked from outside are kept from `previous`, when a run is taken up again. */
  start(options: EvaluationOptions, answers: Map<string, Value> | undefined): void {
    this.#options = options;
    this.#memo = answers;
    this.#now = options.now;
    this.#failure = undefined;
    this.pending = undefined;
    this.isStrict = options.strictErrors === true;
    this.solutions = [];
    this.#startedAt = options.deadline === undefined ? 0 : Date.now();
    this.#grant(options.budget ?? Infinity);
  }

  get memo(): Map<string, Value> {
    return (this.#memo ??= new Map<string, Value>());
  }

  get now(): NumericValue {
    return (this.#now ??= bigintValue(BigInt(Date.now()) * 1_000_000n));
  }

  get print(): ((line: string) => void) | undefined {
    return this.#options.print;
  }

  get note(): ((note: string) => void) | undefined {
    return this.#options.note;
  }

  get testCase(): ((names: Value) => void) | undefined {
    return this.#options.testCase;
  }

  /** Takes up the next slice of steps. Throws once there are none, the time is over, or the signal is aborted. */
  refill(): void {
    const { deadline, signal, budget = Infinity } = this.#options;
    if (signal?.aborted === true) throw new HaltError("eval_cancel_error", "the evaluation was cancelled");
    if (deadline !== undefined && Date.now() - this.#startedAt > deadline) {
      throw new HaltError("eval_cancel_error", `the evaluation took longer than its ${deadline} ms`);
    }
    const left = this.#left + this.fuel;
    if (left < 0) throw new HaltError("eval_cancel_error", `the evaluation took more than its ${budget} steps`);
    this.#grant(left);
  }

  charge(cost: number): void {
    this.fuel -= Math.ceil(cost);
    if (this.fuel < 0) this.refill();
  }

  #grant(steps: number): void {
    this.fuel = Math.min(SLICE, steps);
    this.#left = steps - this.fuel;
  }

  /** Keeps the first failure of a builtin. */
  fail(site: CallSite | undefined, code: EvaluationErrorCode, message: string): void {
    if (this.#failure !== undefined || !this.isStrict) return;
    const text = site === undefined ? message : `${site.name}: ${message}`;
    this.#failure = new EvaluationError(code, text, site?.location);
  }

  /** What strict errors end the evaluation with, if any builtin failed. */
  get failure(): EvaluationError | undefined {
    return this.#failure;
  }

  /** Takes back what failed in an attempt that is made in another way. */
  set failure(before: EvaluationError | undefined) {
    this.#failure = before;
  }
}
