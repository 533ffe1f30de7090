import type { Body, Expr, RefTerm, Term } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { constantOf } from "./constants.ts";

/** A rule's body, with what it demands of the input and of base documents set apart. */
export interface GuardedBody {
  /** References that must be defined before the body is looked at. Whether they are true is said in the body. */
  readonly defined: readonly RefTerm[];
  /** The body, with what references must be equal to first. */
  readonly body: Body;
}

/**
 * Finds the references with a constant path that a body needs to be defined, or equal to something. OPA's index leaves a
 * rule out by them before its body is evaluated, so that nothing else in the body is seen to fail; and here they leave
 * loops before these begin. The source is `baseDocEqIndex` of OPA's package ast.
 */
export function guardedBody(body: Body, isBaseDocument: (ref: RefTerm) => boolean): GuardedBody {
  if (body.length === 1) return { defined: [], body };
  const guardOf = (term: Term | undefined): RefTerm | undefined => {
    const isGuard =
      term?.type === "ref" &&
      term.head.type === "var" &&
      term.path.every((part) => constantOf(part) !== undefined) &&
      (term.head.name === "input" || (term.head.name === "data" && isBaseDocument(term)));
    return isGuard ? term : undefined;
  };
  const isEquation = (expr: Expr): boolean => {
    if (expr.type !== "callExpr" || !isPlain(expr) || dottedName(expr.operator) !== "eq") return false;
    const [a, b] = expr.args;
    return (guardOf(a) !== undefined && isIndexed(b)) || (guardOf(b) !== undefined && isIndexed(a));
  };
  const naked = body.flatMap((expr) => (expr.type === "termExpr" && isPlain(expr) ? [guardOf(expr.term)] : []));
  const defined = naked.filter((ref) => ref !== undefined);
  const equations = body.filter(isEquation);
  if (equations.length === 0 || equations.length === body.length) return { defined, body };
  return { defined, body: [...equations, ...body.filter((expr) => !equations.includes(expr))] };
}

function isPlain(expr: Expr): boolean {
  return !expr.negated && expr.with.length === 0;
}

/** Whether OPA indexes by a value: a variable, which may be anything, a scalar, or an array of scalars. */
function isIndexed(term: Term | undefined): boolean {
  if (term === undefined) return false;
  if (term.type === "var" || isScalar(term)) return true;
  return term.type === "array" && term.items.every(isScalar);
}

function isScalar({ type }: Term): boolean {
  return type === "string" || type === "number" || type === "boolean" || type === "null";
}
