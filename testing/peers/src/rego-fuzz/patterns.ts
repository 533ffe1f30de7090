/** Patterns that bind variables: `x`, `[1, x]`, `{"a": x, "b": _}`. */
import { exactText, numberLiteral, stringLiteral } from "./values.ts";
import type { Scope } from "./scope.ts";
import type { Type } from "./types.ts";

/**
 * A pattern for values of this type. What it binds is known to the scope afterwards. Without `reuse` no variable in it exists yet, as
 * where a pattern declares what is in it.
 */
export function pattern(scope: Scope, type: Type, depth: number, reuse = true): string {
  const { random } = scope;
  if (scope.iterates && random.chance(0.1)) return "_";
  if (depth > 0 && random.chance(0.7)) {
    const structure = structured(scope, type, depth - 1, reuse);
    if (structure !== undefined) return structure;
  }
  if (!scope.iterates || (reuse && random.chance(0.25))) {
    const [first, ...rest] = scope.variablesOf(type);
    if (first !== undefined && random.chance(0.6)) return random.pick([first, ...rest]).name;
    const constant = constantOf(scope, type);
    if (constant !== undefined) return constant;
    if (!scope.iterates) return exactText(random, type);
  }
  const name = scope.freshName();
  scope.bind(name, type);
  return name;
}

/** Two sides of a unification whose structure agrees, so that each variable is bound by what stands on the other side. */
export function patternPair(
  scope: Scope,
  type: Type,
  depth: number,
  known: (type: Type) => string,
): readonly [string, string] {
  const { random } = scope;
  if (depth > 0 && random.chance(0.75)) {
    const parts = pairParts(scope, type, depth - 1, known);
    if (parts !== undefined) return parts;
  }
  const value = known(type);
  const other = pattern(scope, type, 0);
  return random.chance(0.5) ? [value, other] : [other, value];
}

function pairParts(
  scope: Scope,
  type: Type,
  depth: number,
  known: (type: Type) => string,
): readonly [string, string] | undefined {
  const { random } = scope;
  switch (type.kind) {
    case "array": {
      const pairs = Array.from({ length: random.integer(1, 3) }, () => patternPair(scope, type.items, depth, known));
      return [`[${pairs.map(([left]) => left).join(", ")}]`, `[${pairs.map(([, right]) => right).join(", ")}]`];
    }
    case "record": {
      const pairs = [...type.fields].map(([name, field]) => ({ name, pair: patternPair(scope, field, depth, known) }));
      const side = (index: 0 | 1): string =>
        `{${pairs.map(({ name, pair }) => `${JSON.stringify(name)}: ${pair[index]}`).join(", ")}}`;
      return [side(0), side(1)];
    }
    default:
      return undefined;
  }
}

function structured(scope: Scope, type: Type, depth: number, reuse: boolean): string | undefined {
  const { random } = scope;
  switch (type.kind) {
    case "array": {
      const items = Array.from({ length: random.integer(1, 3) }, () => pattern(scope, type.items, depth, reuse));
      return `[${items.join(", ")}]`;
    }
    case "record": {
      const fields = [...type.fields].map(
        ([name, field]) => `${JSON.stringify(name)}: ${pattern(scope, field, depth, reuse)}`,
      );
      return `{${fields.join(", ")}}`;
    }
    case "map":
      return `{${stringLiteral(random)}: ${pattern(scope, type.values, depth, reuse)}}`;
    default:
      return undefined;
  }
}

function constantOf({ random }: Scope, type: Type): string | undefined {
  switch (type.kind) {
    case "number":
      return numberLiteral(random);
    case "string":
      return stringLiteral(random);
    case "boolean":
      return random.chance(0.5) ? "true" : "false";
    default:
      return undefined;
  }
}
