import type { Term } from "../syntax/ast.ts";

/** Whether a term is a scalar, or a collection of these only. */
export function isConstant(term: Term): boolean {
  switch (term.type) {
    case "null":
    case "boolean":
    case "number":
    case "string":
      return true;
    case "array":
    case "set":
      return term.items.every(isConstant);
    case "object":
      return term.entries.every(({ key, value }) => isConstant(key) && isConstant(value));
    default:
      return false;
  }
}
