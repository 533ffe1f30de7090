import type { Rule, Term } from "../syntax/ast.ts";
import { walkTerms } from "../syntax/walk.ts";

/** How often each variable occurs in a rule, the keys of its reference included. Who occurs once is read by nobody. */
export function occurrencesIn(rule: Rule, keys: readonly Term[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (term: Term): true => {
    if (term.type === "var") counts.set(term.name, (counts.get(term.name) ?? 0) + 1);
    return true;
  };
  walkTerms(rule, count);
  for (const key of keys) walkTerms(key, count);
  return counts;
}
