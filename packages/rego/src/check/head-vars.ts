import type { Head, Term } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import { walkTerms } from "../syntax/walk.ts";

/** The variables of a rule's head, each with the last place where it stands: in arguments, key, value, then reference. */
export function headVars({ args, key, value, ref }: Head): ReadonlyMap<string, Location> {
  const vars = new Map<string, Location>();
  const add = (term: Term | undefined): void => {
    if (term === undefined) return;
    walkTerms(term, (inner) => {
      if (inner.type === "var") vars.set(inner.name, inner.location);
      return true;
    });
  };
  for (const arg of args) add(arg);
  add(key);
  add(value);
  for (const part of ref.path) add(part);
  return vars;
}
