/**
 * Documents of GraphQL, with the fields and names that OPA shows of them (its parser is vektah/gqlparser). What a later
 * stage finds out about a node is added to it: the members after "known after validation".
 */

/** A place in a document. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** What messages call the document; empty for the one that was given. */
  readonly source: string;
}

/** `text` starts with `#`. */
export type CommentGroup = readonly string[];

export interface QueryDocument {
  readonly operations: OperationDefinition[];
  readonly fragments: FragmentDefinition[];
}

export type Operation = "query" | "mutation" | "subscription";

export interface OperationDefinition {
  /** Empty, for a query, only where a document was given as an object. */
  readonly operation: Operation | "";
  readonly name: string;
  readonly variables: readonly VariableDefinition[];
  readonly directives: readonly Directive[];
  readonly selections: readonly Selection[];
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
}

export interface VariableDefinition {
  readonly variable: string;
  readonly type: Type;
  readonly defaultValue: Value | undefined;
  readonly directives: readonly Directive[];
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
  // Known after validation
  definition?: Definition | undefined;
  used?: boolean;
}

export interface FragmentDefinition {
  readonly name: string;
  readonly variables: readonly VariableDefinition[];
  readonly typeCondition: string;
  readonly directives: readonly Directive[];
  readonly selections: readonly Selection[];
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
  // Known after validation
  definition?: Definition | undefined;
}

export type Selection = Field | FragmentSpread | InlineFragment;

export interface Field {
  readonly kind: "field";
  readonly alias: string;
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly directives: readonly Directive[];
  readonly selections: readonly Selection[];
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
  // Known after validation
  definition?: FieldDefinition | undefined;
  objectDefinition?: Definition | undefined;
}

export interface FragmentSpread {
  readonly kind: "spread";
  readonly name: string;
  readonly directives: readonly Directive[];
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
  // Known after validation
  definition?: FragmentDefinition | undefined;
  objectDefinition?: Definition | undefined;
}

export interface InlineFragment {
  readonly kind: "inline";
  /** Empty where none was written. */
  readonly typeCondition: string;
  readonly directives: readonly Directive[];
  readonly selections: readonly Selection[];
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
  // Known after validation
  objectDefinition?: Definition | undefined;
}

export interface Argument {
  readonly name: string;
  readonly value: Value;
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
}

export interface Directive {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly position: Position | undefined;
  // Known after validation
  definition?: DirectiveDefinition | undefined;
  location?: string;
}

/** The kinds of values, at the numbers that OPA shows for them. */
export const VALUE_KINDS = [
  "variable",
  "int",
  "float",
  "string",
  "block",
  "boolean",
  "null",
  "enum",
  "list",
  "object",
] as const;

export type ValueKind = (typeof VALUE_KINDS)[number];

export interface Value {
  readonly kind: ValueKind;
  /** As written, without quotes or `$`; empty for lists and objects. */
  readonly raw: string;
  readonly children: readonly ChildValue[];
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
  // Known after validation
  definition?: Definition | undefined;
  variableDefinition?: VariableDefinition | undefined;
  expectedType?: Type;
  expectedTypeHasDefault?: boolean;
}

/** An item of a list, which has no name, or a field of an object. */
export interface ChildValue {
  readonly name: string;
  readonly value: Value;
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
}

export type Type = NamedType | ListType;

export interface NamedType {
  readonly name: string;
  readonly element: undefined;
  readonly nonNull: boolean;
  readonly position: Position | undefined;
}

export interface ListType {
  readonly name: "";
  readonly element: Type;
  readonly nonNull: boolean;
  readonly position: Position | undefined;
}

export interface SchemaDocument {
  readonly schema: SchemaDefinition[];
  readonly schemaExtensions: SchemaDefinition[];
  readonly directives: DirectiveDefinition[];
  readonly definitions: Definition[];
  readonly extensions: Definition[];
  /** What stands after the last definition. */
  readonly comment: CommentGroup | undefined;
}

interface Comments {
  readonly beforeDescription: CommentGroup | undefined;
  readonly afterDescription: CommentGroup | undefined;
}

export interface SchemaDefinition extends Comments {
  readonly description: string;
  readonly directives: readonly Directive[];
  readonly operationTypes: readonly OperationTypeDefinition[];
  readonly endOfDefinition: CommentGroup | undefined;
  readonly position: Position | undefined;
}

export interface OperationTypeDefinition {
  readonly operation: Operation | "";
  readonly type: string;
  readonly comment: CommentGroup | undefined;
  readonly position: Position | undefined;
}

export type DefinitionKind = "SCALAR" | "OBJECT" | "INTERFACE" | "UNION" | "ENUM" | "INPUT_OBJECT";

/** A type or an extension of one. A schema adds what extensions bring to the type's own lists. */
export interface Definition extends Comments {
  readonly kind: DefinitionKind;
  readonly description: string;
  readonly name: string;
  readonly directives: Directive[];
  readonly interfaces: string[];
  readonly fields: FieldDefinition[];
  /** Of a union; `position` is where it is named, if that is known. */
  readonly types: UnionMember[];
  readonly enumValues: EnumValueDefinition[];
  readonly builtIn: boolean;
  readonly endOfDefinition: CommentGroup | undefined;
  readonly position: Position | undefined;
}

export interface UnionMember {
  readonly name: string;
  readonly position: Position | undefined;
}

export interface FieldDefinition extends Comments {
  readonly description: string;
  readonly name: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly defaultValue: Value | undefined;
  readonly type: Type;
  readonly directives: readonly Directive[];
  readonly position: Position | undefined;
}

export interface ArgumentDefinition extends Comments {
  readonly description: string;
  readonly name: string;
  readonly defaultValue: Value | undefined;
  readonly type: Type;
  readonly directives: readonly Directive[];
  readonly position: Position | undefined;
}

export interface EnumValueDefinition extends Comments {
  readonly description: string;
  readonly name: string;
  readonly directives: readonly Directive[];
  readonly position: Position | undefined;
}

export interface DirectiveDefinition extends Comments {
  readonly description: string;
  readonly name: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly locations: readonly string[];
  readonly isRepeatable: boolean;
  readonly position: Position | undefined;
}

/** The first with a name. */
export function named<T extends { readonly name: string }>(items: readonly T[], name: string): T | undefined {
  return items.find((item) => item.name === name);
}

/** The name of a type, or of what its lists hold. */
export function baseName(type: Type): string {
  return type.element === undefined ? type.name : baseName(type.element);
}

export function typeText(type: Type): string {
  const text = type.element === undefined ? type.name : `[${typeText(type.element)}]`;
  return type.nonNull ? `${text}!` : text;
}

/** Whether a value of a type may stand where another is expected. */
export function isCompatible(type: Type, other: Type): boolean {
  if (type.element !== undefined) {
    if (other.element === undefined || !isCompatible(type.element, other.element)) return false;
  } else if (type.name !== other.name) {
    return false;
  }
  return !other.nonNull || type.nonNull;
}

export function isInputType({ kind }: Definition): boolean {
  return kind === "SCALAR" || kind === "ENUM" || kind === "INPUT_OBJECT";
}

export function isCompositeType({ kind }: Definition): boolean {
  return kind === "OBJECT" || kind === "INTERFACE" || kind === "UNION";
}

export function isLeafType({ kind }: Definition): boolean {
  return kind === "ENUM" || kind === "SCALAR";
}
