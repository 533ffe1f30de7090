import type { Term } from "../syntax/ast.ts";
import { bind } from "./head-terms.ts";
import type { NameSource } from "./names.ts";
import { type NodeMap, appended, requiresEvaluation, termMap } from "./nodes.ts";

/** Moves what a comprehension collects into its body where it has to be evaluated: `[x.a | x = y]` becomes `[z | x = y; z = x.a]`. */
export function comprehensionTerms(names: NameSource): NodeMap {
  return termMap((term) => {
    switch (term.type) {
      case "arrayComprehension":
      case "setComprehension": {
        if (!requiresEvaluation(term.term)) return term;
        const { name, expr } = bind(term.term, names);
        return { ...term, term: name, body: appended(term.body, [expr]) };
      }
      case "objectComprehension": {
        const key = moved(term.key, names);
        const value = moved(term.value, names);
        const exprs = [...key.exprs, ...value.exprs];
        return exprs.length === 0
          ? term
          : { ...term, key: key.term, value: value.term, body: appended(term.body, exprs) };
      }
      default:
        return term;
    }
  });
}

function moved(
  term: Term,
  names: NameSource,
): { readonly term: Term; readonly exprs: readonly ReturnType<typeof bind>["expr"][] } {
  if (!requiresEvaluation(term)) return { term, exprs: [] };
  const { name, expr } = bind(term, names);
  return { term: name, exprs: [expr] };
}
