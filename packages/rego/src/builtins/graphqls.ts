import { isArray, isObject, isPlainObject } from "../values/kinds.ts";
import { toJson } from "../values/json-write.ts";
import type { PlainObject, Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import type { QueryDocument, SchemaDocument } from "./graphql/ast.ts";
import { GraphqlError, listText, opaText, placedText } from "./graphql/error.ts";
import { parseQuery } from "./graphql/parse-query.ts";
import { parseSchema } from "./graphql/parse-schema.ts";
import { readQuery, readSchema } from "./graphql/read-document.ts";
import { type Schema, schemaOf } from "./graphql/schema.ts";
import { validate } from "./graphql/validate.ts";
import { queryJson, schemaJson } from "./graphql/write-document.ts";
import { stringOperand, typeError } from "./operands.ts";

/** Reads a document; its errors are told as OPA tells them. */
function parsed<T>(context: BuiltinContext, text: string, read: (text: string) => T): T {
  context.charge(text.length / 4);
  try {
    return read(text);
  } catch (error) {
    if (error instanceof GraphqlError) throw new BuiltinError(opaText(placedText(error)));
    throw error;
  }
}

function queryOperand(context: BuiltinContext, operand: Value): QueryDocument {
  if (typeof operand === "string") return parsed(context, operand, parseQuery);
  return readQuery(documentOperand(operand, 0));
}

function schemaOperand(context: BuiltinContext, operand: Value): SchemaDocument {
  if (typeof operand === "string") return parsed(context, operand, (text) => parseSchema(text));
  return readSchema(documentOperand(operand, 1));
}

function documentOperand(operand: Value, position: number): PlainObject {
  const json = isObject(operand) ? toJson(operand) : undefined;
  if (json !== undefined && isPlainObject(json)) return json;
  throw typeError(position, operand, "string", "object");
}

/** The schema that queries are held against. */
function checkedSchema(context: BuiltinContext, document: SchemaDocument): Schema {
  context.charge(64);
  try {
    return schemaOf(document);
  } catch (error) {
    if (!(error instanceof GraphqlError)) throw error;
    throw new BuiltinError(`Error in gqlparser SchemaDocument to Schema conversion: ${placedText(error)}`);
  }
}

function checkQuery(context: BuiltinContext, schema: Schema, query: QueryDocument): void {
  const errors = validate(schema, query, (cost) => context.charge(cost));
  if (errors.length > 0) throw new BuiltinError(opaText(listText(errors)));
}

/** Both documents as objects, once the query has been held against the schema. */
function parse(context: BuiltinContext, query: Value, schema: Value): Value {
  const queryDocument = queryOperand(context, query);
  const schemaDocument = schemaOperand(context, schema);
  // The documents are shown as they were before validation added to them.
  const shown = [queryJson(queryDocument), schemaJson(schemaDocument)];
  checkQuery(context, checkedSchema(context, schemaDocument), queryDocument);
  return shown;
}

/** The result of an action, or what stands for its failure. */
function attempt<T>(action: () => T, failure: T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof BuiltinError) return failure;
    throw error;
  }
}

function parseAndVerify(context: BuiltinContext, query: Value, schema: Value): Value {
  return attempt<Value>(() => {
    const documents = parse(context, query, schema);
    return isArray(documents) ? [true, ...documents] : documents;
  }, [false, {}, {}]);
}

function isValid(context: BuiltinContext, query: Value, schema: Value): Value {
  return attempt(() => {
    parse(context, query, schema);
    return true;
  }, false);
}

function schemaIsValid(context: BuiltinContext, schema: Value): Value {
  return attempt(() => {
    checkedSchema(context, schemaOperand(context, schema));
    return true;
  }, false);
}

export const graphqls: Family = {
  "graphql.is_valid": isValid,
  "graphql.parse": parse,
  "graphql.parse_and_verify": parseAndVerify,
  "graphql.parse_query": (context, query) => queryJson(parsed(context, stringOperand(query, 1), parseQuery)),
  "graphql.parse_schema": (context, schema) =>
    schemaJson(parsed(context, stringOperand(schema, 1), (text) => parseSchema(text))),
  "graphql.schema_is_valid": schemaIsValid,
};
