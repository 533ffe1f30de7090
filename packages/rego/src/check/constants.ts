import type { Term } from "../syntax/ast.ts";
import { RegoNumber, numberFromText } from "../values/number.ts";
import type { Value } from "../values/value.ts";

/** The value of a scalar term; undefined for any other. */
export function scalarOf(term: Term): Value | undefined {
  switch (term.type) {
    case "string":
    case "boolean":
      return term.value;
    case "null":
      return null;
    case "number":
      return numberFromText(term.text) ?? new RegoNumber(term.text);
    default:
      return undefined;
  }
}

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
