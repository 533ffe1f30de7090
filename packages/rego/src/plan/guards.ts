import type { Body, Expr, RefTerm, Term } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { constantOf } from "./constants.ts";

/** A rule's body, with what it demands of the input and of base documents set apart. */
export interface GuardedBody {
  /** References that must be defined before the body is looked at. What they must be is said in the body. */
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
  const defined: RefTerm[] = [];
  const equations: Expr[] = [];
  for (const expr of body) {
    if (expr.negated || expr.with.length > 0) continue;
    if (expr.type === "termExpr") defined.push(...refsOf(guardOf(expr.term)));
    if (expr.type !== "callExpr" || dottedName(expr.operator) !== "eq") continue;
    const [a, b] = expr.args;
    const ref = guardOf(a) ?? guardOf(b);
    const other = guardOf(a) === undefined ? a : b;
    if (ref === undefined || other === undefined) continue;
    if (other.type === "var") defined.push(ref);
    else if (isIndexed(other)) equations.push(expr);
  }
  if (equations.length === 0 || equations.length === body.length) return { defined, body };
  return { defined, body: [...equations, ...body.filter((expr) => !equations.includes(expr))] };
}

function refsOf(ref: RefTerm | undefined): readonly RefTerm[] {
  return ref === undefined ? [] : [ref];
}

/** Whether OPA indexes by a value: a scalar, or an array of scalars. */
function isIndexed(term: Term): boolean {
  return isScalar(term) || (term.type === "array" && term.items.every(isScalar));
}

function isScalar({ type }: Term): boolean {
  return type === "string" || type === "number" || type === "boolean" || type === "null";
}
