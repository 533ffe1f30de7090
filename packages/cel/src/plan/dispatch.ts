import type { FunctionDeclaration, Implementation, Overload } from "../check/declarations.ts";
import { isRuntimeAssignable, typeOfValue } from "../values/type-of.ts";
import { CelError, isError, type Value } from "../values/value.ts";

export interface Dispatch {
  readonly run: Implementation;
  /** Operands are evaluated one after the other, up to the first error; else all of them. */
  readonly ordered: boolean;
  /** Errors are operands like others. */
  readonly lenient?: boolean;
}

/** What a call runs: the overload that checking settled on, or whichever fits the operands when it is called. */
export function dispatch(declaration: FunctionDeclaration, overloadId: string | undefined): Dispatch {
  const { name, overloads, shared } = declaration;
  if (shared !== undefined) {
    const run: Implementation = (...operands) => shared(...operands) ?? noOperation(name, operands[0]);
    return { run, ordered: false, lenient: name === "@not_strictly_false" };
  }
  const settled = overloads.find(({ id }) => id === overloadId);
  if (settled !== undefined) {
    const { run } = settled;
    if (run !== undefined) {
      return { run: guarded(declaration, settled, run), ordered: settled.operands.length > 2 };
    }
  }
  return {
    ordered: true,
    run: (...operands) => {
      for (const overload of overloads) {
        if (overload.run !== undefined && fits(declaration, overload, operands)) return overload.run(...operands);
      }
      return noOverload(name, operands);
    },
  };
}

function guarded(declaration: FunctionDeclaration, overload: Overload, run: Implementation): Implementation {
  if (!declaration.guarded) return run;
  return (...operands) =>
    fits(declaration, overload, operands) ? run(...operands) : noOverload(declaration.name, operands);
}

function fits({ guarded: isGuarded }: FunctionDeclaration, overload: Overload, operands: readonly Value[]): boolean {
  if (operands.length !== overload.operands.length) return false;
  return !isGuarded || overload.operands.every((type, index) => isRuntimeAssignable(type, operands[index] ?? null));
}

function noOverload(name: string, operands: readonly Value[]): CelError {
  const error = operands.find(isError);
  if (error !== undefined) return error;
  return new CelError(`no such overload: ${name}(${operands.map((operand) => typeOfValue(operand).name).join(", ")})`);
}

/** Strings, timestamps and durations are asked for operations that they do not have, and answer without naming them. */
function noOperation(name: string, operand: Value | undefined): CelError {
  const kind = operand === undefined ? undefined : typeOfValue(operand).kind;
  const answersItself = kind === "string" || kind === "timestamp" || kind === "duration";
  return new CelError(answersItself ? "no such overload" : `no such overload: ${name}`);
}
