import { scalarOf } from "../check/constants.ts";
import type { Term } from "../syntax/ast.ts";
import { objectFrom } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import type { Value } from "../values/value.ts";

/** The value of a term that needs no evaluation; undefined for any other. */
export function constantOf(term: Term): Value | undefined {
  switch (term.type) {
    case "array":
      return allConstant(term.items);
    case "set": {
      const members = allConstant(term.items);
      return members === undefined ? undefined : RegoSet.from(members);
    }
    case "object": {
      const keys = allConstant(term.entries.map(({ key }) => key));
      const values = allConstant(term.entries.map(({ value }) => value));
      if (keys === undefined || values === undefined) return undefined;
      return objectFrom(keys.map((key, i) => [key, values[i] ?? null] as const));
    }
    default:
      return scalarOf(term);
  }
}

function allConstant(terms: readonly Term[]): readonly Value[] | undefined {
  const values: Value[] = [];
  for (const term of terms) {
    const value = constantOf(term);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
