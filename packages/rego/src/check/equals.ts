import { type NodeMap, builtinRef, isCallOf, isLeaf, mapExpr, mapItems, mapTerm, mapWith } from "./nodes.ts";

/** `==` between two operands is `=` where its value is not asked for. */
export const equals: NodeMap = {
  term: (term) => (isLeaf(term) ? term : mapTerm(term, equals)),
  body: (body) =>
    mapItems(body, (expr) => {
      const unified =
        isCallOf(expr, "equal") && expr.args.length === 2
          ? { ...expr, operator: builtinRef("eq", expr.operator.location) }
          : expr;
      return mapExpr(unified, equals);
    }),
  with: (modifier) => mapWith(modifier, equals.term),
  part: (expr) => expr,
};
