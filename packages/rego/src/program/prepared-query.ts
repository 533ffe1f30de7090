import type { BuiltinCaches } from "../builtins/cache.ts";
import { HaltError, PendingAnswer } from "../builtins/errors.ts";
import type { RegoHost } from "../builtins/host.ts";
import { EvaluationError } from "../runtime/errors.ts";
import { Evaluation, type EvaluationOptions, type Solution } from "../runtime/evaluation.ts";
import type { Observer } from "../runtime/observer.ts";
import type { Location } from "../syntax/location.ts";
import type { Value } from "../values/value.ts";
import { linkCode } from "./link.ts";

/** One way in which a query holds. */
export interface Result {
  /** The values of its variables. */
  readonly bindings: Readonly<Record<string, Value>>;
  /** Its expressions as written, each with its value. */
  readonly expressions: readonly ExpressionValue[];
}

export interface ExpressionValue {
  readonly value: Value;
  readonly text: string;
  readonly location: Location;
}

/** Generated code and what it needs to be linked. */
export interface ProgramCode {
  readonly text: string;
  readonly constants: readonly unknown[];
  /** The expressions of the query, as written. */
  readonly expressions: readonly { readonly text: string; readonly location: Location }[];
}

/** A query, ready to be evaluated any number of times. */
export class PreparedQuery {
  /** The JavaScript that evaluates the query: for those who want to see it. */
  readonly code: string;
  readonly #expressions: ProgramCode["expressions"];
  readonly #evaluation: Evaluation;
  readonly #run: (input: Value | undefined) => void;

  constructor({ text, constants, expressions }: ProgramCode, host: RegoHost, caches: BuiltinCaches, data: Value) {
    this.code = text;
    this.#expressions = expressions;
    this.#evaluation = new Evaluation(host, caches);
    this.#run = linkCode(text, constants, this.#evaluation, data);
  }

  /**
   * All results, none if the query is undefined. Values are not copied: leave them as they are.
   * Throws an `EvaluationError` where rules conflict, a budget is spent, or a builtin fails and errors are strict.
   */
  evaluate(input?: Value, options: EvaluationOptions = {}): readonly Result[] {
    return this.#evaluate(input, options, undefined).map((solution) => this.#result(solution));
  }

  /** The value of the first expression in the first result; undefined if there is none. The quickest way to ask. */
  value(input?: Value, options: EvaluationOptions = {}): Value | undefined {
    return this.#evaluate(input, options, undefined)[0]?.values[0];
  }

  /** As `evaluate`, waiting for what builtins ask from outside (`http.send`). */
  async evaluateAsync(input?: Value, options: EvaluationOptions = {}): Promise<readonly Result[]> {
    const answers = new Map<string, Value>();
    for (;;) {
      try {
        return this.#evaluate(input, options, answers).map((solution) => this.#result(solution));
      } catch (error) {
        if (!(error instanceof PendingAnswer)) throw error;
        await error.answer;
      }
    }
  }

  /** Whoever is told what happens; only for queries prepared to be observed. */
  set observer(observer: Observer | undefined) {
    this.#evaluation.observer = observer;
  }

  #result({ bindings, values }: Solution): Result {
    const expressions = this.#expressions.map(({ text, location }, i) => ({
      value: valueAt(values, i),
      text,
      location,
    }));
    return { bindings, expressions };
  }

  #evaluate(
    input: Value | undefined,
    options: EvaluationOptions,
    answers: Map<string, Value> | undefined,
  ): readonly Solution[] {
    const evaluation = this.#evaluation;
    evaluation.start(options, answers);
    try {
      this.#run(input);
    } catch (error) {
      // A builtin that failed before ended the evaluation there, as far as anyone is to know.
      throw evaluation.failure ?? asEvaluationError(error);
    }
    const error = evaluation.failure ?? evaluation.pending;
    if (error !== undefined) throw error;
    return evaluation.solutions;
  }
}

/** What an expression without a value of its own is: it held. */
function valueAt(values: readonly Value[], i: number): Value {
  const value = values[i];
  return value === undefined ? true : value;
}

function asEvaluationError(error: unknown): unknown {
  if (error instanceof HaltError) return new EvaluationError(error.code, error.message, undefined, { cause: error });
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    const message = "a value is nested deeper than the evaluation can follow";
    return new EvaluationError("eval_internal_error", message, undefined, { cause: error });
  }
  return error;
}
