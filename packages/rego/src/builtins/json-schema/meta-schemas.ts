import type { PlainObject, Value } from "../../values/value.ts";

/*
 * The schemas that schemas themselves keep to, which references may name (`$ref` to the URL of a draft). They say what
 * the drafts' specifications say, without the titles and defaults that no validation looks at.
 */

const simpleTypes: Value = ["array", "boolean", "integer", "null", "number", "object", "string"];
const self: PlainObject = { $ref: "#" };
const schemas: PlainObject = { type: "object", additionalProperties: self };
const schemaArray: PlainObject = { type: "array", minItems: 1, items: self };
const text: PlainObject = { type: "string" };
const reference: PlainObject = { type: "string", format: "uri-reference" };
const number: PlainObject = { type: "number" };
const flag: PlainObject = { type: "boolean" };
const size: PlainObject = { $ref: "#/definitions/nonNegativeInteger" };
const sizeOrNone: PlainObject = { $ref: "#/definitions/nonNegativeIntegerDefault0" };
const list: PlainObject = { $ref: "#/definitions/schemaArray" };
const strings: PlainObject = { $ref: "#/definitions/stringArray" };
const types: PlainObject = {
  anyOf: [
    { $ref: "#/definitions/simpleTypes" },
    { type: "array", items: { $ref: "#/definitions/simpleTypes" }, minItems: 1, uniqueItems: true },
  ],
};

/** What draft 6 and draft 7 have in common. */
const commonProperties: PlainObject = {
  $id: reference,
  $schema: { type: "string", format: "uri" },
  $ref: reference,
  title: text,
  description: text,
  multipleOf: { type: "number", exclusiveMinimum: 0 },
  maximum: number,
  exclusiveMaximum: number,
  minimum: number,
  exclusiveMinimum: number,
  maxLength: size,
  minLength: sizeOrNone,
  pattern: { type: "string", format: "regex" },
  additionalItems: self,
  items: { anyOf: [self, list] },
  maxItems: size,
  minItems: sizeOrNone,
  uniqueItems: flag,
  contains: self,
  maxProperties: size,
  minProperties: sizeOrNone,
  required: strings,
  additionalProperties: self,
  definitions: schemas,
  properties: schemas,
  patternProperties: schemas,
  dependencies: { type: "object", additionalProperties: { anyOf: [self, strings] } },
  propertyNames: self,
  const: {},
  enum: { type: "array" },
  type: types,
  format: text,
  allOf: list,
  anyOf: list,
  oneOf: list,
  not: self,
};

const definitions: PlainObject = {
  schemaArray,
  nonNegativeInteger: { type: "integer", minimum: 0 },
  nonNegativeIntegerDefault0: { $ref: "#/definitions/nonNegativeInteger" },
  simpleTypes: { enum: simpleTypes },
  stringArray: { type: "array", items: text, uniqueItems: true },
};

const draft4: PlainObject = {
  id: "http://json-schema.org/draft-04/schema#",
  $schema: "http://json-schema.org/draft-04/schema#",
  type: "object",
  definitions: {
    schemaArray,
    positiveInteger: { type: "integer", minimum: 0 },
    positiveIntegerDefault0: { $ref: "#/definitions/positiveInteger" },
    simpleTypes: { enum: simpleTypes },
    stringArray: { type: "array", items: text, minItems: 1, uniqueItems: true },
  },
  properties: {
    id: text,
    $schema: text,
    title: text,
    description: text,
    default: {},
    multipleOf: { type: "number", minimum: 0, exclusiveMinimum: true },
    maximum: number,
    exclusiveMaximum: flag,
    minimum: number,
    exclusiveMinimum: flag,
    maxLength: { $ref: "#/definitions/positiveInteger" },
    minLength: { $ref: "#/definitions/positiveIntegerDefault0" },
    pattern: { type: "string", format: "regex" },
    additionalItems: { anyOf: [flag, self] },
    items: { anyOf: [self, list] },
    maxItems: { $ref: "#/definitions/positiveInteger" },
    minItems: { $ref: "#/definitions/positiveIntegerDefault0" },
    uniqueItems: flag,
    maxProperties: { $ref: "#/definitions/positiveInteger" },
    minProperties: { $ref: "#/definitions/positiveIntegerDefault0" },
    required: strings,
    additionalProperties: { anyOf: [flag, self] },
    definitions: schemas,
    properties: schemas,
    patternProperties: schemas,
    dependencies: { type: "object", additionalProperties: { anyOf: [self, strings] } },
    enum: { type: "array" },
    type: types,
    format: text,
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: self,
  },
  dependencies: { exclusiveMaximum: ["maximum"], exclusiveMinimum: ["minimum"] },
};

const draft6: PlainObject = {
  $id: "http://json-schema.org/draft-06/schema#",
  $schema: "http://json-schema.org/draft-06/schema#",
  definitions,
  type: ["object", "boolean"],
  properties: { ...commonProperties, examples: { type: "array", items: {} }, default: {} },
};

const draft7: PlainObject = {
  $id: "http://json-schema.org/draft-07/schema#",
  $schema: "http://json-schema.org/draft-07/schema#",
  definitions,
  type: ["object", "boolean"],
  properties: {
    ...commonProperties,
    $comment: text,
    default: true,
    readOnly: flag,
    examples: { type: "array", items: true },
    const: true,
    enum: { type: "array", items: true },
    contentMediaType: text,
    contentEncoding: text,
    if: self,
    then: self,
    else: self,
  },
};

/** By the URLs that name them. */
export const metaSchemas: ReadonlyMap<string, Value> = new Map([
  ["http://json-schema.org/draft-04/schema", draft4],
  ["http://json-schema.org/draft-06/schema", draft6],
  ["http://json-schema.org/draft-07/schema", draft7],
]);
