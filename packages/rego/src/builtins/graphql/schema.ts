import type { Definition, DirectiveDefinition, SchemaDefinition, SchemaDocument } from "./ast.ts";
import { GraphqlError } from "./error.ts";
import { parseSchema } from "./parse-schema.ts";
import { PRELUDE } from "./prelude.ts";
import { checkDirectives, checkSchema } from "./check-schema.ts";

/** The types of a schema by name, ready to hold queries against. */
export interface Schema {
  query: Definition | undefined;
  mutation: Definition | undefined;
  subscription: Definition | undefined;
  readonly types: Map<string, Definition>;
  readonly directives: Map<string, DirectiveDefinition>;
  /** The types that a value of a type may have, by its name; in the order of their definitions. */
  readonly possibleTypes: Map<string, Definition[]>;
}

/** Directives that a schema may define again; the latest definition counts. */
const redefinable: ReadonlySet<string> = new Set(["include", "skip", "deprecated", "specifiedBy", "defer", "oneOf"]);

/** Joins a document with what every schema has and checks the whole. Throws a `GraphqlError`. Changes the document. */
export function schemaOf(document: SchemaDocument): Schema {
  const prelude = parseSchema(PRELUDE, "prelude.graphql", true);
  const schema: Schema = {
    query: undefined,
    mutation: undefined,
    subscription: undefined,
    types: new Map(),
    directives: new Map(),
    possibleTypes: new Map(),
  };
  const definitions = [...prelude.definitions, ...document.definitions];
  for (const definition of definitions) {
    if (schema.types.has(definition.name)) {
      throw new GraphqlError(`Cannot redeclare type ${definition.name}.`, definition.position);
    }
    schema.types.set(definition.name, definition);
  }
  for (const extension of document.extensions) definitions.push(...extend(schema, extension));
  for (const definition of definitions) addPossibleTypes(schema, definition);
  for (const directive of [...prelude.directives, ...document.directives]) {
    if (schema.directives.has(directive.name) && !redefinable.has(directive.name)) {
      throw new GraphqlError(`Cannot redeclare directive ${directive.name}.`, directive.position);
    }
    schema.directives.set(directive.name, directive);
  }
  const [, second] = document.schema;
  if (second !== undefined) {
    const message = "Cannot have multiple schema entry points, consider schema extensions instead.";
    throw new GraphqlError(message, second.position);
  }
  for (const definition of [...document.schema, ...document.schemaExtensions]) addRoots(schema, definition);
  checkSchema(schema);
  if (document.schema.length === 0) inferRoots(schema);
  schema.query?.fields.push(...introspectionFields());
  return schema;
}

/** Adds an extension to its type, and the type itself if nobody else defines it. */
function extend(schema: Schema, extension: Definition): Definition[] {
  const added: Definition[] = [];
  let definition = schema.types.get(extension.name);
  if (definition === undefined) {
    definition = {
      ...extension,
      description: "",
      directives: [],
      interfaces: [],
      fields: [],
      types: [],
      enumValues: [],
      builtIn: false,
    };
    schema.types.set(extension.name, definition);
    added.push(definition);
  }
  if (definition.kind !== extension.kind) {
    const bases = `base type is a ${definition.kind}, not ${extension.kind}`;
    throw new GraphqlError(`Cannot extend type ${extension.name} because the ${bases}.`, extension.position);
  }
  definition.directives.push(...extension.directives);
  definition.interfaces.push(...extension.interfaces);
  definition.fields.push(...extension.fields);
  definition.types.push(...extension.types);
  definition.enumValues.push(...extension.enumValues);
  return added;
}

function addPossibleTypes({ types, possibleTypes }: Schema, definition: Definition): void {
  const add = (name: string, possible: Definition | undefined): void => {
    const list = possibleTypes.get(name) ?? [];
    if (possible !== undefined) list.push(possible);
    possibleTypes.set(name, list);
  };
  switch (definition.kind) {
    case "UNION":
      for (const { name } of definition.types) add(definition.name, types.get(name));
      break;
    case "OBJECT":
    case "INPUT_OBJECT":
      for (const name of definition.interfaces) add(name, definition);
      add(definition.name, definition);
      break;
    case "INTERFACE":
      for (const name of definition.interfaces) add(name, definition);
      break;
    case "ENUM":
    case "SCALAR":
      break;
  }
}

function addRoots(schema: Schema, { operationTypes, directives }: SchemaDefinition): void {
  for (const { operation, type, position } of operationTypes) {
    const definition = schema.types.get(type);
    if (definition === undefined) {
      throw new GraphqlError(`Schema root ${operation} refers to a type ${type} that does not exist.`, position);
    }
    if (operation !== "") schema[operation] = definition;
  }
  checkDirectives(schema, directives, "SCHEMA", { once: true });
}

/** Without a `schema`, the types with the usual names are its roots. */
function inferRoots(schema: Schema): void {
  schema.query ??= schema.types.get("Query");
  schema.mutation ??= schema.types.get("Mutation");
  schema.subscription ??= schema.types.get("Subscription");
}

function introspectionFields(): Definition["fields"] {
  const { definitions } = parseSchema("type Query { __schema: __Schema! __type(name: String!): __Type }");
  return definitions.flatMap(({ fields }) => fields);
}
