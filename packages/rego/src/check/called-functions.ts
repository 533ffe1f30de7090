import type { CallExpr, Expr, RefTerm, Term } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { dottedName } from "../syntax/term-names.ts";
import { walkExprs, walkTerms } from "../syntax/walk.ts";
import type { Arity } from "./arity.ts";
import { writtenRef } from "./display.ts";
import { isCallOf } from "./nodes.ts";
import { argError, wantedOf } from "./types/type-errors.ts";
import type { TypeEnv } from "./types/type-env.ts";

/** Calls of what is no function, or with the wrong number of operands. */
export function undefinedFunctions(
  roots: Iterable<Term | Expr>,
  env: TypeEnv,
  arity: Arity,
  written: ReadonlyMap<string, string>,
): readonly RegoError[] {
  const errors: RegoError[] = [];
  for (const root of roots) {
    walkExprs(root, (expr) => {
      if (expr.type !== "callExpr") return true;
      const error = calledWrongly(expr, env, arity, written);
      if (error !== undefined) errors.push(error);
      return error === undefined;
    });
  }
  return errors;
}

function calledWrongly(
  expr: CallExpr,
  env: TypeEnv,
  arity: Arity,
  written: ReadonlyMap<string, string>,
): RegoError | undefined {
  const { operator, args, generated, location } = expr;
  const wanted = arity(operator);
  if (wanted === undefined) {
    const name = formatTerm(writtenRef(operator, written));
    return { code: "rego_type_error", message: `undefined function ${name}`, location };
  }
  // One more operand is the result.
  if (generated) {
    if (isCallOf(expr, "eq") || args.length === wanted + 1) return undefined;
  } else if (args.length === wanted || args.length === wanted + 1) {
    return undefined;
  }
  return wrongArity(expr, writtenRef(operator, written), env, wanted, generated ? args.length - 1 : args.length);
}

function wrongArity(
  { args, location }: CallExpr,
  ref: RefTerm,
  env: TypeEnv,
  wanted: number,
  given: number,
): RegoError {
  const name = formatTerm(ref);
  const type = env.typeOf(ref);
  if (type?.kind === "function") {
    const have = args.map((arg) => env.typeOf(arg));
    return argError(location, name, "arity mismatch", have, wantedOf(type)).error;
  }
  const noun = given === 1 ? "argument" : "arguments";
  const message = `function ${name} has arity ${wanted}, got ${given} ${noun}`;
  return { code: "rego_type_error", message, location };
}

/** Calls of functions without a result where a value is wanted. */
export function voidCalls(roots: Iterable<Term | Expr>, env: TypeEnv): readonly RegoError[] {
  const errors: RegoError[] = [];
  for (const root of roots) {
    walkTerms(root, (term) => {
      if (term.type !== "call") return true;
      const type = env.typeOf(term.operator);
      if (type?.kind === "function" && type.result === undefined) {
        const message = `${formatTerm(term)} used as value`;
        errors.push({ code: "rego_type_error", message, location: term.location });
      }
      return true;
    });
  }
  return errors;
}

/** Calls of builtins that must not be called. */
export function unsafeCalls(roots: Iterable<Term | Expr>, names: ReadonlySet<string>): readonly RegoError[] {
  return callsOf(roots, names, "unsafe built-in function calls in expression");
}

/** Calls of deprecated builtins. */
export function deprecatedCalls(roots: Iterable<Term | Expr>, names: ReadonlySet<string>): readonly RegoError[] {
  return callsOf(roots, names, "deprecated built-in function calls in expression");
}

function callsOf(roots: Iterable<Term | Expr>, names: ReadonlySet<string>, what: string): readonly RegoError[] {
  const errors: RegoError[] = [];
  for (const root of roots) {
    walkExprs(root, (expr) => {
      if (expr.type !== "callExpr") return true;
      const name = dottedName(expr.operator);
      if (name !== undefined && names.has(name)) {
        errors.push({ code: "rego_type_error", message: `${what}: ${name}`, location: expr.location });
      }
      return true;
    });
  }
  return errors;
}
