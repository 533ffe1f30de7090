import type { Decimal } from "../../values/number.ts";
import type { Regex } from "../regex/regex.ts";

/** The drafts of JSON Schema; a schema that names none is read as a mix of all. */
export type Draft = 4 | 6 | 7 | "hybrid";

/** An exact limit, with the text that errors give it. */
export interface Limit {
  readonly value: Decimal;
  readonly text: string;
}

export type SchemaType = "array" | "boolean" | "integer" | "number" | "null" | "object" | "string";

export const schemaTypes: readonly SchemaType[] = ["array", "boolean", "integer", "number", "null", "object", "string"];

/** A schema made ready to validate with. It is built in steps, as references may lead back to it. */
export interface Schema {
  /** Set for a schema that is just true or false. */
  always?: boolean;
  /** Set for a schema that is a reference: nothing else of it counts. */
  reference?: Schema;
  /** What the reference is written as, made absolute. */
  referenceName?: string;
  readonly types: SchemaType[];
  multipleOf?: Limit;
  maximum?: Limit;
  exclusiveMaximum?: Limit;
  minimum?: Limit;
  exclusiveMinimum?: Limit;
  minLength?: number;
  maxLength?: number;
  pattern?: { readonly regex: Regex; readonly source: string };
  format?: string;
  minProperties?: number;
  maxProperties?: number;
  readonly required: string[];
  readonly dependencies: Map<string, readonly string[] | Schema>;
  readonly properties: Map<string, Schema>;
  additionalProperties?: boolean | Schema;
  readonly patternProperties: { readonly regex: Regex; readonly schema: Schema }[];
  propertyNames?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  contains?: Schema;
  items: Schema[];
  /** Whether the one schema of `items` is for all items. */
  itemsIsSingle?: boolean;
  additionalItems?: boolean | Schema;
  /** A canonical text. */
  const?: string;
  enum?: readonly string[];
  readonly oneOf: Schema[];
  readonly anyOf: Schema[];
  readonly allOf: Schema[];
  not?: Schema;
  if?: Schema;
  then?: Schema;
  else?: Schema;
}

export function emptySchema(): Schema {
  return {
    types: [],
    required: [],
    dependencies: new Map(),
    properties: new Map(),
    patternProperties: [],
    items: [],
    oneOf: [],
    anyOf: [],
    allOf: [],
  };
}
