import type { Term } from "../syntax/ast.ts";
import { numberFromText, RegoNumber } from "../values/number.ts";
import { objectFrom } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import type { Value } from "../values/value.ts";
import { stringLiteral } from "./writer.ts";

/** The value of a term that needs no evaluation; undefined for any other. */
export function constantOf(term: Term): Value | undefined {
  switch (term.type) {
    case "null":
      return null;
    case "boolean":
    case "string":
      return term.value;
    case "number":
      return numberFromText(term.text) ?? new RegoNumber(term.text);
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
      return undefined;
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

/** The literal of a scalar that JavaScript has one for; undefined for any other value. */
export function literalOf(value: Value): string | undefined {
  if (typeof value === "string") return stringLiteral(value);
  if (value === null || typeof value === "boolean" || typeof value === "number") return String(value);
  return undefined;
}

/** Everything that generated code refers to and that is not written as text: values, functions, places. */
export class ConstantTable {
  readonly #names = new Map<unknown, string>();

  /** The things by position, for the code's parameter `C`. */
  get items(): readonly unknown[] {
    return [...this.#names.keys()];
  }

  /** The name under which the code finds a thing; one for each thing. */
  nameOf(item: unknown): string {
    let name = this.#names.get(item);
    if (name === undefined) {
      name = `c${this.#names.size}`;
      this.#names.set(item, name);
    }
    return name;
  }

  /** An expression for a value: a literal, or the name of a constant. */
  valueExpression(value: Value): string {
    return literalOf(value) ?? this.nameOf(value);
  }

  /** The statements that give the names their meaning. */
  declarations(): readonly string[] {
    return [...this.#names.values()].map((name, i) => `const ${name} = C[${i}];`);
  }
}
