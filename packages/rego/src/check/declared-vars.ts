import type { Body, Expr } from "../syntax/ast.ts";
import { isCallOf } from "./nodes.ts";
import { addAll, varsOfTerm } from "./vars.ts";

/** The variables that a body declares with `:=` and `some`, those of bodies in it too but for comprehensions. */
export function declaredVars(body: Body, into: Set<string> = new Set<string>()): Set<string> {
  for (const expr of body) declaredByExpr(expr, into);
  return into;
}

/** The variables that an expression declares. */
export function declaredByExpr(expr: Expr, into: Set<string> = new Set<string>()): Set<string> {
  switch (expr.type) {
    case "callExpr": {
      const [left] = expr.args;
      if (left !== undefined && expr.args.length === 2 && isCallOf(expr, "assign")) varsOfTerm(left, {}, into);
      break;
    }
    case "some":
      addAll(
        into,
        expr.vars.map(({ name }) => name),
      );
      break;
    case "someIn":
      if (expr.key !== undefined) varsOfTerm(expr.key, {}, into);
      varsOfTerm(expr.value, {}, into);
      break;
    case "every":
    case "not":
      declaredVars(expr.body, into);
      break;
    case "logical":
      declaredVars(expr.left, into);
      declaredVars(expr.right, into);
      break;
    case "termExpr":
      break;
  }
  return into;
}
