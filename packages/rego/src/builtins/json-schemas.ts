import { isArray, isObject } from "../values/kinds.ts";
import { isJson, JsonSyntaxError, parseJson } from "../values/json-read.ts";
import { jsonText, toJson } from "../values/json-write.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { CachePurpose } from "./cache.ts";
import { BuiltinError } from "./errors.ts";
import { withinStack } from "./growth.ts";
import { compileSchema } from "./json-schema/compile.ts";
import type { Schema } from "./json-schema/schema.ts";
import { validate } from "./json-schema/validate.ts";

const schemas: CachePurpose<Schema> = new CachePurpose(50, (text) => compiledSchema(parseJson(text)));

function compiledSchema(document: Value): Schema {
  return withinStack(() => compileSchema(document), "the schema nests too deeply");
}

/** The document that an operand holds, as JSON text or as a value. */
function documentOf(value: Value): Value {
  if (typeof value === "string") {
    if (!isJson(value)) throw new BuiltinError("invalid JSON string");
    try {
      return parseJson(value);
    } catch (error) {
      throw error instanceof JsonSyntaxError ? new BuiltinError(error.message) : error;
    }
  }
  if (isObject(value) || isArray(value)) return toJson(value);
  throw new BuiltinError("wrong type, expected string or object");
}

function verify(_context: BuiltinContext, schema: Value): Value {
  try {
    compiledSchema(documentOf(schema));
    return [true, null];
  } catch (error) {
    if (error instanceof BuiltinError) return [false, `jsonschema: ${error.message}`];
    throw error;
  }
}

function match(context: BuiltinContext, document: Value, schema: Value): Value {
  const subject = documentOf(document);
  const compiled = context.caches.get(schemas, jsonText(documentOf(schema)));
  const violations = withinStack(
    () => validate(compiled, subject, (cost) => context.charge(cost)),
    "the schema leads back to itself, or the document nests too deeply",
  );
  return [
    violations.length === 0,
    violations.map(({ type, field, description }) => ({
      error: `${field}: ${description}`,
      type,
      field,
      desc: description,
    })),
  ];
}

export const jsonSchemas: Family = { "json.verify_schema": verify, "json.match_schema": match };
