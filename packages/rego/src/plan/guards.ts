import type { Body, Expr, RefTerm, Term } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { constantOf } from "./constants.ts";

/**
 * A rule's body with what it demands of the input and of base documents first: references with a constant path that must
 * be defined, or equal to something. OPA's index leaves a rule out by them before its body is evaluated, so that nothing
 * else in the body is seen to fail; and here they leave loops before these begin.
 */
export function guardsFirst(body: Body, isBaseDocument: (ref: RefTerm) => boolean): Body {
  const isGuardTerm = (term: Term | undefined): boolean =>
    term?.type === "ref" &&
    term.head.type === "var" &&
    term.path.every((part) => constantOf(part) !== undefined) &&
    (term.head.name === "input" || (term.head.name === "data" && isBaseDocument(term)));
  const isGuard = (expr: Expr): boolean => {
    if (expr.negated || expr.with.length > 0) return false;
    if (expr.type === "termExpr") return isGuardTerm(expr.term);
    if (expr.type !== "callExpr" || dottedName(expr.operator) !== "eq") return false;
    const [a, b] = expr.args;
    return (isGuardTerm(a) && isPlain(b)) || (isGuardTerm(b) && isPlain(a));
  };
  const guards = body.filter(isGuard);
  return guards.length === 0 || guards.length === body.length
    ? body
    : [...guards, ...body.filter((expr) => !guards.includes(expr))];
}

function isPlain(term: Term | undefined): boolean {
  return term !== undefined && (term.type === "var" || constantOf(term) !== undefined);
}
