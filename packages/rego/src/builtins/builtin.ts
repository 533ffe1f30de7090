import type { NumericValue, Value } from "../values/value.ts";
import type { BuiltinCaches } from "./cache.ts";
import type { TypeDeclaration } from "./declaration.ts";
import type { RegoHost } from "./host.ts";

/** What one evaluation lends the builtins that it calls. */
export interface BuiltinContext {
  readonly host: RegoHost;
  /** Outlives evaluations: compiled patterns and the like, one cache a purpose. */
  readonly caches: BuiltinCaches;
  /** This evaluation's: what has to be the same for every call (random numbers, answers from outside). */
  readonly memo: Map<string, Value>;
  /** Nanoseconds since 1970, the same for the whole evaluation. */
  readonly now: NumericValue;
  /**
   * Told before work that grows with its input, in units of about one value or sixteen characters made. Throws a
   * `HaltError` once the budget is spent or the deadline has passed.
   */
  charge(cost: number): void;
  /** Told each line of `print`. */
  readonly print?: ((line: string) => void) | undefined;
  /** Told each note of `trace`. */
  readonly note?: ((note: string) => void) | undefined;
  /** Told the operand of `internal.test_case`. */
  readonly testCase?: ((names: Value) => void) | undefined;
}

/** Calls a builtin with all its operands. Undefined means undefined; failures are thrown as `BuiltinError`. */
export type BuiltinCall = (context: BuiltinContext, ...operands: Value[]) => Value | undefined;

export interface Builtin {
  readonly name: string;
  readonly infix?: string;
  /** Whether equal operands always give equal results; else `nondeterministic` in OPA's capabilities. */
  readonly deterministic: boolean;
  readonly deprecated: boolean;
  /** A relation has any number of results: its call returns them as an array. Only `walk` is one. */
  readonly relation: boolean;
  readonly decl: FunctionDeclaration;
  readonly call: BuiltinCall;
}

export interface FunctionDeclaration {
  readonly args: readonly TypeDeclaration[];
  readonly variadic?: TypeDeclaration;
  /** Absent for what has no result (`print`). */
  readonly result?: TypeDeclaration;
}

/** The implementations of one family of builtins by name. */
export type Family = Readonly<Record<string, BuiltinCall>>;
