import type { Value } from "../values/value.ts";
import { stringLiteral } from "./writer.ts";

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
