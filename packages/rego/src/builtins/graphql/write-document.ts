import type { MutableObject, Value as RegoValue } from "../../values/value.ts";
import {
  type Argument,
  type ArgumentDefinition,
  type CommentGroup,
  type Definition,
  type Directive,
  type DirectiveDefinition,
  type EnumValueDefinition,
  type FieldDefinition,
  type FragmentDefinition,
  type OperationDefinition,
  type QueryDocument,
  type SchemaDefinition,
  type SchemaDocument,
  type Selection,
  type Type,
  type Value,
  VALUE_KINDS,
  type VariableDefinition,
} from "./ast.ts";

/*
 * Documents as OPA shows them: the fields of its parser's Go types, without places, what is null, and collections with
 * nothing in them.
 */

type Members = Readonly<Record<string, RegoValue | undefined>>;

function object(members: Members): MutableObject {
  const result: MutableObject = {};
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined && !isEmptyList(value)) result[key] = value;
  }
  return result;
}

function isEmptyList(value: RegoValue): boolean {
  return Array.isArray(value) && value.length === 0;
}

function comments(group: CommentGroup | undefined): RegoValue | undefined {
  return group === undefined ? undefined : { List: group.map((text) => ({ Value: text })) };
}

interface Commented {
  readonly beforeDescription: CommentGroup | undefined;
  readonly afterDescription: CommentGroup | undefined;
  readonly endOfDefinition?: CommentGroup | undefined;
}

function definitionComments(node: Commented): Members {
  return {
    BeforeDescriptionComment: comments(node.beforeDescription),
    AfterDescriptionComment: comments(node.afterDescription),
    EndOfDefinitionComment: comments(node.endOfDefinition),
  };
}

export function queryJson({ operations, fragments }: QueryDocument): MutableObject {
  return object({ Operations: operations.map(operationJson), Fragments: fragments.map(fragmentJson) });
}

function operationJson(node: OperationDefinition): RegoValue {
  return object({
    Operation: node.operation,
    Name: node.name,
    VariableDefinitions: node.variables.map(variableJson),
    Directives: node.directives.map(directiveJson),
    SelectionSet: node.selections.map(selectionJson),
    Comment: comments(node.comment),
  });
}

function fragmentJson(node: FragmentDefinition): RegoValue {
  return object({
    Name: node.name,
    VariableDefinition: node.variables.map(variableJson),
    TypeCondition: node.typeCondition,
    Directives: node.directives.map(directiveJson),
    SelectionSet: node.selections.map(selectionJson),
    Comment: comments(node.comment),
  });
}

function variableJson(node: VariableDefinition): RegoValue {
  return object({
    Variable: node.variable,
    Type: typeJson(node.type),
    DefaultValue: optionalValueJson(node.defaultValue),
    Directives: node.directives.map(directiveJson),
    Comment: comments(node.comment),
    Used: false,
  });
}

function selectionJson(node: Selection): RegoValue {
  const common = { Directives: node.directives.map(directiveJson), Comment: comments(node.comment) };
  if (node.kind === "spread") return object({ ...common, Name: node.name });
  const inner = { ...common, SelectionSet: node.selections.map(selectionJson) };
  if (node.kind === "inline") return object({ ...inner, TypeCondition: node.typeCondition });
  return object({ ...inner, Alias: node.alias, Name: node.name, Arguments: node.arguments.map(argumentJson) });
}

function argumentJson(node: Argument): RegoValue {
  return object({ Name: node.name, Value: valueJson(node.value), Comment: comments(node.comment) });
}

function directiveJson(node: Directive): RegoValue {
  return object({ Name: node.name, Arguments: node.arguments.map(argumentJson), Location: node.location ?? "" });
}

function valueJson(node: Value): RegoValue {
  const children = node.children.map((child) =>
    object({ Name: child.name, Value: valueJson(child.value), Comment: comments(child.comment) }),
  );
  return object({
    Raw: node.raw,
    Children: children,
    Kind: VALUE_KINDS.indexOf(node.kind),
    Comment: comments(node.comment),
    ExpectedTypeHasDefault: false,
  });
}

function optionalValueJson(node: Value | undefined): RegoValue | undefined {
  return node === undefined ? undefined : valueJson(node);
}

function typeJson(node: Type): RegoValue {
  const element = node.element === undefined ? undefined : typeJson(node.element);
  return object({ NamedType: node.name, Elem: element, NonNull: node.nonNull });
}

export function schemaJson(document: SchemaDocument): MutableObject {
  return object({
    Schema: document.schema.map(schemaDefinitionJson),
    SchemaExtension: document.schemaExtensions.map(schemaDefinitionJson),
    Directives: document.directives.map(directiveDefinitionJson),
    Definitions: document.definitions.map(definitionJson),
    Extensions: document.extensions.map(definitionJson),
    Comment: comments(document.comment),
  });
}

function schemaDefinitionJson(node: SchemaDefinition): RegoValue {
  return object({
    Description: node.description,
    Directives: node.directives.map(directiveJson),
    OperationTypes: node.operationTypes.map(({ operation, type, comment }) =>
      object({ Operation: operation, Type: type, Comment: comments(comment) }),
    ),
    ...definitionComments(node),
  });
}

function definitionJson(node: Definition): RegoValue {
  return object({
    Kind: node.kind,
    Description: node.description,
    Name: node.name,
    Directives: node.directives.map(directiveJson),
    Interfaces: [...node.interfaces],
    Fields: node.fields.map(fieldDefinitionJson),
    Types: node.types.map(({ name }) => name),
    EnumValues: node.enumValues.map(enumValueJson),
    BuiltIn: node.builtIn,
    ...definitionComments(node),
  });
}

function fieldDefinitionJson(node: FieldDefinition): RegoValue {
  return object({ ...argumentMembers(node), Arguments: node.arguments.map(argumentDefinitionJson) });
}

function argumentDefinitionJson(node: ArgumentDefinition): RegoValue {
  return object(argumentMembers(node));
}

function argumentMembers(node: ArgumentDefinition): Members {
  return {
    Description: node.description,
    Name: node.name,
    DefaultValue: optionalValueJson(node.defaultValue),
    Type: typeJson(node.type),
    Directives: node.directives.map(directiveJson),
    ...definitionComments(node),
  };
}

function enumValueJson(node: EnumValueDefinition): RegoValue {
  return object({
    Description: node.description,
    Name: node.name,
    Directives: node.directives.map(directiveJson),
    ...definitionComments(node),
  });
}

function directiveDefinitionJson(node: DirectiveDefinition): RegoValue {
  return object({
    Description: node.description,
    Name: node.name,
    Arguments: node.arguments.map(argumentDefinitionJson),
    Locations: [...node.locations],
    IsRepeatable: node.isRepeatable,
    ...definitionComments(node),
  });
}
