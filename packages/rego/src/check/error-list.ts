import type { RegoError } from "../syntax/error.ts";
import { compareLocations } from "../syntax/location.ts";
import { formatError } from "../syntax/error.ts";
import { compareStrings } from "../values/utf8.ts";

/** How many errors are reported before compiling stops. */
export const ERROR_LIMIT = 10;

const LIMIT_REACHED: RegoError = {
  code: "rego_compile_error",
  message: "error limit reached",
  location: undefined,
};

/** The errors of a compilation as they come in, up to a limit. */
export class ErrorList {
  readonly #limit: number;
  readonly #errors: RegoError[] = [];
  #full = false;
  #fatal = false;

  /** A limit of zero is none. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether no further stage may run. */
  get stopped(): boolean {
    return this.#fatal;
  }

  get isEmpty(): boolean {
    return this.#errors.length === 0;
  }

  /** Adds errors after which the stage that found them is the last. Whether there is room for more. */
  add(...errors: readonly RegoError[]): boolean {
    return this.#record(errors, true);
  }

  /** Adds errors that leave the modules in a state in which later stages find no follow-up errors. */
  addRecoverable(...errors: readonly RegoError[]): boolean {
    return this.#record(errors, false);
  }

  /** The errors in the order of their places, the one about the limit last. */
  sorted(): readonly RegoError[] {
    const sorted = [...this.#errors].sort(compareErrors);
    return this.#full ? [...sorted, LIMIT_REACHED] : sorted;
  }

  #record(errors: readonly RegoError[], fatal: boolean): boolean {
    if (errors.length === 0) return true;
    if (this.#full) return false;
    const room = this.#limit > 0 ? this.#limit - this.#errors.length : errors.length + 1;
    this.#errors.push(...errors.slice(0, room));
    this.#full = errors.length >= room;
    this.#fatal ||= fatal || this.#full;
    return !this.#full;
  }
}

/** Errors of a query, in the order in which they were found, up to a limit. */
export function limited(errors: readonly RegoError[], limit: number): readonly RegoError[] {
  return limit > 0 && errors.length > limit ? [...errors.slice(0, limit), LIMIT_REACHED] : errors;
}

/** Orders errors by place; those without one come last. */
export function compareErrors(a: RegoError, b: RegoError): number {
  if (a.location === undefined || b.location === undefined) {
    if (a.location !== b.location) return a.location === undefined ? 1 : -1;
  } else {
    const order = compareLocations(a.location, b.location);
    if (order !== 0) return order;
  }
  return compareStrings(formatError(a), formatError(b));
}

/** Runs stages over what may be nested deeper than the stack of calls allows, which is an error like others. */
export function tooDeep(run: () => void): RegoError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { code: "rego_compile_error", message: "expressions are nested too deeply", location: undefined };
  }
}
