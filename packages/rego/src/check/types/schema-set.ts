import type { SchemaAnnotation } from "../../syntax/ast.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import type { Value } from "../../values/value.ts";
import { typeOfSchema } from "./schema-types.ts";
import type { Type } from "./type.ts";

/** The schemas that METADATA can name, and the types that they describe. */
export class SchemaTypes {
  readonly #schemas: ReadonlyMap<string, Value>;
  readonly #types = new Map<string, Type | string>();

  constructor(schemas: ReadonlyMap<string, Value>) {
    this.#schemas = schemas;
  }

  /** The type of the input, or what is wrong with its schema; undefined where it has none. */
  inputType(): Type | string | undefined {
    return this.#schemas.has("schema") ? this.#named("schema") : undefined;
  }

  /** The type that METADATA gives a document, or what is wrong with it. */
  typeOf(annotation: SchemaAnnotation): Type | string {
    return "schema" in annotation ? this.#named(formatTerm(annotation.schema)) : typeOfSchema(annotation.definition);
  }

  #named(name: string): Type | string {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const schema = this.#schemas.get(name);
    const type = schema === undefined ? `undefined schema: ${name}` : typeOfSchema(schema);
    this.#types.set(name, type);
    return type;
  }
}
