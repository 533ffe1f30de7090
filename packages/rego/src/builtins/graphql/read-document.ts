import { isArray, isNumber, isPlainObject, typeName } from "../../values/kinds.ts";
import { intOf } from "../../values/number.ts";
import { ownValue, type PlainObject, type Value as RegoValue } from "../../values/value.ts";
import { BuiltinError } from "../errors.ts";
import {
  type Argument,
  type ArgumentDefinition,
  type ChildValue,
  type CommentGroup,
  type Definition,
  type DefinitionKind,
  type Directive,
  type DirectiveDefinition,
  type EnumValueDefinition,
  type Field,
  type FieldDefinition,
  type FragmentDefinition,
  type Operation,
  type OperationDefinition,
  type OperationTypeDefinition,
  type QueryDocument,
  type SchemaDefinition,
  type SchemaDocument,
  type Type,
  type Value,
  VALUE_KINDS,
  type VariableDefinition,
} from "./ast.ts";

/*
 * Documents from the objects that `write-document.ts` makes of them. What is missing is as empty; nothing has a place.
 */

function mismatch(value: RegoValue, wanted: string): BuiltinError {
  const name = typeName(value);
  return new BuiltinError(
    `json: cannot unmarshal ${name === "boolean" ? "bool" : name} into Go value of type ${wanted}`,
  );
}

function objectOf(value: RegoValue, wanted: string): PlainObject {
  if (isPlainObject(value)) return value;
  throw mismatch(value, wanted);
}

function text(object: PlainObject, key: string): string {
  const value = ownValue(object, key);
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw mismatch(value, "string");
  return value;
}

function flag(object: PlainObject, key: string): boolean {
  const value = ownValue(object, key);
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw mismatch(value, "bool");
  return value;
}

function list<T>(object: PlainObject, key: string, read: (item: PlainObject) => T): T[] {
  return items(object, key).map((item) => read(objectOf(item, `ast.${key}`)));
}

function items(object: PlainObject, key: string): readonly RegoValue[] {
  const value = ownValue(object, key);
  if (value === undefined || value === null) return [];
  if (!isArray(value)) throw mismatch(value, `ast.${key}`);
  return value;
}

function texts(object: PlainObject, key: string): string[] {
  return items(object, key).map((item) => {
    if (typeof item !== "string") throw mismatch(item, "string");
    return item;
  });
}

function memberOf<T>(object: PlainObject, key: string, read: (value: PlainObject) => T): T | undefined {
  const value = ownValue(object, key);
  return value === undefined || value === null ? undefined : read(objectOf(value, `ast.${key}`));
}

function needed<T>(object: PlainObject, key: string, read: (value: PlainObject) => T): T {
  const value = memberOf(object, key, read);
  if (value === undefined) throw new BuiltinError(`GraphQL document has a node without ${key}`);
  return value;
}

function comment(object: PlainObject, key: string): CommentGroup | undefined {
  return memberOf(object, key, (group) => list(group, "List", (item) => text(item, "Value")));
}

export function readQuery(object: PlainObject): QueryDocument {
  return { operations: list(object, "Operations", operation), fragments: list(object, "Fragments", fragment) };
}

const operationNames: readonly Operation[] = ["query", "mutation", "subscription"];

function operationName(object: PlainObject): Operation | "" {
  const name = text(object, "Operation");
  const known = operationNames.find((candidate) => candidate === name);
  if (known === undefined && name !== "") throw new BuiltinError(`got unknown operation type "${name}"`);
  return known ?? "";
}

function operation(object: PlainObject): OperationDefinition {
  return {
    operation: operationName(object),
    name: text(object, "Name"),
    variables: list(object, "VariableDefinitions", variable),
    directives: list(object, "Directives", directive),
    selections: list(object, "SelectionSet", field),
    comment: comment(object, "Comment"),
    position: undefined,
  };
}

function fragment(object: PlainObject): FragmentDefinition {
  return {
    name: text(object, "Name"),
    variables: list(object, "VariableDefinition", variable),
    typeCondition: text(object, "TypeCondition"),
    directives: list(object, "Directives", directive),
    selections: list(object, "SelectionSet", field),
    comment: undefined,
    position: undefined,
  };
}

function variable(object: PlainObject): VariableDefinition {
  return {
    variable: text(object, "Variable"),
    type: needed(object, "Type", type),
    defaultValue: memberOf(object, "DefaultValue", valueNode),
    directives: list(object, "Directives", directive),
    comment: comment(object, "Comment"),
    position: undefined,
  };
}

/** OPA's parser takes every selection of such a document for a field, spreads and inline fragments too. */
function field(object: PlainObject): Field {
  return {
    kind: "field",
    alias: text(object, "Alias"),
    name: text(object, "Name"),
    arguments: list(object, "Arguments", argument),
    directives: list(object, "Directives", directive),
    selections: list(object, "SelectionSet", field),
    comment: undefined,
    position: undefined,
  };
}

function argument(object: PlainObject): Argument {
  return {
    name: text(object, "Name"),
    value: needed(object, "Value", valueNode),
    comment: comment(object, "Comment"),
    position: undefined,
  };
}

function directive(object: PlainObject): Directive {
  return {
    name: text(object, "Name"),
    arguments: list(object, "Arguments", argument),
    position: undefined,
    location: text(object, "Location"),
  };
}

function valueNode(object: PlainObject): Value {
  const number = ownValue(object, "Kind") ?? 0;
  const index = isNumber(number) ? intOf(number) : undefined;
  if (index === undefined) throw mismatch(number, "ast.ValueKind");
  const kind = VALUE_KINDS[index];
  if (kind === undefined) throw new BuiltinError(`unknown value kind ${index}`);
  return {
    kind,
    raw: text(object, "Raw"),
    children: list(object, "Children", childValue),
    comment: comment(object, "Comment"),
    position: undefined,
  };
}

function childValue(object: PlainObject): ChildValue {
  return {
    name: text(object, "Name"),
    value: needed(object, "Value", valueNode),
    comment: comment(object, "Comment"),
    position: undefined,
  };
}

function type(object: PlainObject): Type {
  const name = text(object, "NamedType");
  const nonNull = flag(object, "NonNull");
  if (name !== "") return { name, element: undefined, nonNull, position: undefined };
  return { name, element: needed(object, "Elem", type), nonNull, position: undefined };
}

export function readSchema(object: PlainObject): SchemaDocument {
  return {
    schema: list(object, "Schema", schemaDefinition),
    schemaExtensions: list(object, "SchemaExtension", schemaDefinition),
    directives: list(object, "Directives", directiveDefinition),
    definitions: list(object, "Definitions", definition),
    extensions: list(object, "Extensions", definition),
    comment: comment(object, "Comment"),
  };
}

interface DefinitionComments {
  readonly beforeDescription: CommentGroup | undefined;
  readonly afterDescription: CommentGroup | undefined;
}

function definitionComments(object: PlainObject): DefinitionComments {
  return {
    beforeDescription: comment(object, "BeforeDescriptionComment"),
    afterDescription: comment(object, "AfterDescriptionComment"),
  };
}

function schemaDefinition(object: PlainObject): SchemaDefinition {
  return {
    description: text(object, "Description"),
    directives: list(object, "Directives", directive),
    operationTypes: list(object, "OperationTypes", operationType),
    ...definitionComments(object),
    endOfDefinition: comment(object, "EndOfDefinitionComment"),
    position: undefined,
  };
}

function operationType(object: PlainObject): OperationTypeDefinition {
  return {
    operation: operationName(object),
    type: text(object, "Type"),
    comment: comment(object, "Comment"),
    position: undefined,
  };
}

const definitionKinds: readonly DefinitionKind[] = ["SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT"];

function definition(object: PlainObject): Definition {
  const name = text(object, "Kind");
  const kind = definitionKinds.find((candidate) => candidate === name);
  if (kind === undefined) throw new BuiltinError(`GraphQL document has a definition of the unknown kind "${name}"`);
  return {
    kind,
    description: text(object, "Description"),
    name: text(object, "Name"),
    directives: list(object, "Directives", directive),
    interfaces: texts(object, "Interfaces"),
    fields: list(object, "Fields", fieldDefinition),
    types: texts(object, "Types").map((memberName) => ({ name: memberName, position: undefined })),
    enumValues: list(object, "EnumValues", enumValue),
    builtIn: flag(object, "BuiltIn"),
    ...definitionComments(object),
    endOfDefinition: comment(object, "EndOfDefinitionComment"),
    position: undefined,
  };
}

function fieldDefinition(object: PlainObject): FieldDefinition {
  return { ...argumentDefinition(object), arguments: list(object, "Arguments", argumentDefinition) };
}

function argumentDefinition(object: PlainObject): ArgumentDefinition {
  return {
    description: text(object, "Description"),
    name: text(object, "Name"),
    defaultValue: memberOf(object, "DefaultValue", valueNode),
    type: needed(object, "Type", type),
    directives: list(object, "Directives", directive),
    ...definitionComments(object),
    position: undefined,
  };
}

function enumValue(object: PlainObject): EnumValueDefinition {
  return {
    description: text(object, "Description"),
    name: text(object, "Name"),
    directives: list(object, "Directives", directive),
    ...definitionComments(object),
    position: undefined,
  };
}

function directiveDefinition(object: PlainObject): DirectiveDefinition {
  return {
    description: text(object, "Description"),
    name: text(object, "Name"),
    arguments: list(object, "Arguments", argumentDefinition),
    locations: texts(object, "Locations"),
    isRepeatable: flag(object, "IsRepeatable"),
    ...definitionComments(object),
    position: undefined,
  };
}
