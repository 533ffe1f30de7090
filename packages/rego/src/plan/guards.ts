import type { Body, Expr, RefTerm, Rule, Term } from "../syntax/ast.ts";
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
  const guardOf = (term: Term | undefined): RefTerm | undefined => groundReference(term, isBaseDocument);
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

/** Whether OPA's index may leave a rule out, so that it is not known before which rules are looked at. */
export function mayBeLeftOut({ head, body }: Rule, isBaseDocument: (ref: RefTerm) => boolean): boolean {
  if (head.args.some(({ type }) => type !== "var")) return true;
  return body.some((expr) => {
    if (expr.negated || expr.with.length > 0) return false;
    const terms = expr.type === "callExpr" ? expr.args : expr.type === "termExpr" ? [expr.term] : [];
    return expr.type === "logical" || terms.some((term) => groundReference(term, isBaseDocument) !== undefined);
  });
}

function groundReference(term: Term | undefined, isBaseDocument: (ref: RefTerm) => boolean): RefTerm | undefined {
  const isGround =
    term?.type === "ref" &&
    term.head.type === "var" &&
    term.path.every((part) => constantOf(part) !== undefined) &&
    (term.head.name === "input" || (term.head.name === "data" && isBaseDocument(term)));
  return isGround ? term : undefined;
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
