import type { Expr, Term } from "./ast.ts";

/** Whether a term holds no variable. The head of a reference does not count. */
export function isGround(term: Term): boolean {
  switch (term.type) {
    case "null":
    case "boolean":
    case "number":
    case "string":
      return true;
    case "var":
    case "templateString":
      return false;
    case "ref":
      return term.path.every(isGround);
    case "array":
    case "set":
      return term.items.every(isGround);
    case "object":
      return term.entries.every(({ key, value }) => isGround(key) && isGround(value));
    case "call":
      return isGround(term.operator) && term.args.every(isGround);
    case "arrayComprehension":
    case "setComprehension":
      return isGround(term.term) && term.body.every(isGroundExpr);
    case "objectComprehension":
      return isGround(term.key) && isGround(term.value) && term.body.every(isGroundExpr);
  }
}

function isGroundExpr(expr: Expr): boolean {
  switch (expr.type) {
    case "termExpr":
      return isGround(expr.term);
    case "callExpr":
      return expr.args.every(isGround);
    case "some":
    case "someIn":
    case "every":
    case "not":
    case "logical":
      return false;
  }
}
