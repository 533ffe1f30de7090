import { compareDecimals, parseDecimal } from "../values/number.ts";
import { compareStrings } from "../values/utf8.ts";
import type { Expr, Term } from "./ast.ts";

/** The order of kinds of terms. */
const RANKS: Readonly<Record<Term["type"], number>> = {
  null: 0,
  boolean: 1,
  number: 2,
  string: 3,
  templateString: 4,
  var: 5,
  ref: 6,
  array: 7,
  object: 8,
  set: 9,
  arrayComprehension: 10,
  objectComprehension: 11,
  setComprehension: 12,
  call: 13,
};

/** Orders terms as OPA does where they are printed: by kind, then by what they hold. 0 for the same term. */
export function compareTerms(a: Term, b: Term): number {
  if (a.type === "boolean" && b.type === "boolean") return Number(a.value) - Number(b.value);
  if (a.type === "number" && b.type === "number") return compareDecimals(parseDecimal(a.text), parseDecimal(b.text));
  if (a.type === "string" && b.type === "string") return compareStrings(a.value, b.value);
  if (a.type === "var" && b.type === "var") return compareStrings(a.name, b.name);
  if (a.type !== b.type) return RANKS[a.type] - RANKS[b.type];
  return compareLists(childrenOf(a), childrenOf(b));
}

function compareLists(a: readonly Term[], b: readonly Term[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareTerms(item, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function childrenOf(term: Term): readonly Term[] {
  switch (term.type) {
    case "ref":
      return [term.head, ...term.path];
    case "array":
      return term.items;
    case "set":
      return [...term.items].sort(compareTerms);
    case "object": {
      const entries = [...term.entries].sort((x, y) => compareTerms(x.key, y.key));
      return [...entries.map(({ key }) => key), ...entries.map(({ value }) => value)];
    }
    case "call":
      return [term.operator, ...term.args];
    case "arrayComprehension":
    case "setComprehension":
      return [term.term, ...term.body.flatMap(termsOf)];
    case "objectComprehension":
      return [term.key, term.value, ...term.body.flatMap(termsOf)];
    case "templateString":
      return term.parts.flatMap((part) => ("with" in part ? termsOf(part) : [part]));
    default:
      return [];
  }
}

function termsOf(expr: Expr): readonly Term[] {
  switch (expr.type) {
    case "termExpr":
      return [expr.term];
    case "callExpr":
      return [expr.operator, ...expr.args];
    case "some":
      return expr.vars;
    case "someIn":
    case "every":
      return [...(expr.key === undefined ? [] : [expr.key]), expr.value, expr.domain];
    case "not":
      return expr.body.flatMap(termsOf);
    case "logical":
      return [...expr.left, ...expr.right].flatMap(termsOf);
  }
}
