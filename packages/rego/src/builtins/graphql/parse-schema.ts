import type {
  ArgumentDefinition,
  CommentGroup,
  Definition,
  DefinitionKind,
  DirectiveDefinition,
  EnumValueDefinition,
  FieldDefinition,
  OperationTypeDefinition,
  SchemaDefinition,
  SchemaDocument,
  UnionMember,
} from "./ast.ts";
import { parseOperation } from "./parse-query.ts";
import { Parser } from "./parser.ts";

/** Reads a document of types. Throws a `GraphqlError`. `source` is what messages call it, empty for the one given. */
export function parseSchema(text: string, source = "", builtIn = false): SchemaDocument {
  const parser = new Parser(text, source);
  const schema: SchemaDefinition[] = [];
  const schemaExtensions: SchemaDefinition[] = [];
  const directives: DirectiveDefinition[] = [];
  const definitions: Definition[] = [];
  const extensions: Definition[] = [];
  while (parser.peek().kind !== "<EOF>") {
    const described = description(parser);
    const { kind, value } = parser.peek();
    if (kind !== "Name") parser.unexpected();
    if (kinds.has(value)) definitions.push(definition(parser, described, builtIn, "definition"));
    else if (value === "schema") schema.push(schemaDefinition(parser, described));
    else if (value === "directive") directives.push(directiveDefinition(parser, described));
    else if (value === "extend") {
      if (described.text !== "") parser.unexpected(parser.previous);
      const comment = parser.expectKeyword("extend");
      const extended: Described = { text: "", comment: undefined, extension: { comment } };
      if (parser.peek().value === "schema") schemaExtensions.push(schemaDefinition(parser, extended));
      else if (kinds.has(parser.peek().value)) extensions.push(definition(parser, extended, builtIn, "extension"));
      else parser.unexpected();
    } else parser.unexpected();
  }
  return { schema, schemaExtensions, directives, definitions, extensions, comment: parser.comment };
}

const kinds: ReadonlyMap<string, DefinitionKind> = new Map<string, DefinitionKind>([
  ["scalar", "SCALAR"],
  ["type", "OBJECT"],
  ["interface", "INTERFACE"],
  ["union", "UNION"],
  ["enum", "ENUM"],
  ["input", "INPUT_OBJECT"],
]);

interface Described {
  readonly text: string;
  readonly comment: CommentGroup | undefined;
  /** Of `extend`, whose comments stand in the place of those of the keyword after it. */
  readonly extension?: { readonly comment: CommentGroup | undefined };
}

function description(parser: Parser): Described {
  const { kind } = parser.peek();
  if (kind !== "String" && kind !== "BlockString") return { text: "", comment: undefined };
  const { comment } = parser;
  return { text: parser.next().value, comment };
}

/** A description of what stands in a list of definitions: an empty one has no comments either. */
function itemDescription(parser: Parser): Described {
  const described = description(parser);
  return described.text === "" ? { text: "", comment: undefined } : described;
}

function schemaDefinition(parser: Parser, described: Described): SchemaDefinition {
  const comment = parser.expectKeyword("schema");
  const { position } = parser;
  const directives = parser.directives(true);
  const operationTypes: OperationTypeDefinition[] = [];
  const endOfDefinition = parser.some("{", "}", () => {
    const { position: at } = parser;
    const { comment: before } = parser;
    const operation = parseOperation(parser);
    parser.expect(":");
    operationTypes.push({ operation, type: parser.nameText(), comment: before, position: at });
  });
  if (described.extension !== undefined && directives.length === 0 && operationTypes.length === 0) parser.unexpected();
  return {
    description: described.text,
    directives,
    operationTypes,
    beforeDescription: described.comment,
    afterDescription: described.extension === undefined ? comment : described.extension.comment,
    endOfDefinition,
    position,
  };
}

function definition(
  parser: Parser,
  described: Described,
  builtIn: boolean,
  form: "definition" | "extension",
): Definition {
  const keyword = parser.peek().value;
  const kind = kinds.get(keyword) ?? parser.unexpected();
  const comment = parser.expectKeyword(keyword);
  const { position } = parser;
  const name = parser.nameText();
  const mayImplement = kind === "OBJECT" || (kind === "INTERFACE" && form === "definition");
  const interfaces = mayImplement ? implementedInterfaces(parser) : [];
  const directives = parser.directives(!(kind === "INPUT_OBJECT" && form === "extension"));
  const members = membersOf(parser, kind);
  const { fields, types, enumValues } = members;
  const isEmpty = [interfaces, directives, fields, types, enumValues].every(({ length }) => length === 0);
  if (form === "extension" && isEmpty) parser.unexpected();
  return {
    kind,
    description: described.text,
    name,
    directives,
    interfaces,
    ...members,
    builtIn,
    beforeDescription: described.comment,
    afterDescription: described.extension === undefined ? comment : described.extension.comment,
    position,
  };
}

type Members = Pick<Definition, "fields" | "types" | "enumValues" | "endOfDefinition">;

function membersOf(parser: Parser, kind: DefinitionKind): Members {
  const fields: FieldDefinition[] = [];
  const types: UnionMember[] = [];
  const enumValues: EnumValueDefinition[] = [];
  let endOfDefinition: CommentGroup | undefined;
  switch (kind) {
    case "OBJECT":
    case "INTERFACE":
      endOfDefinition = parser.some("{", "}", () => {
        fields.push(fieldDefinition(parser));
      });
      break;
    case "INPUT_OBJECT":
      endOfDefinition = parser.some("{", "}", () => {
        fields.push({ ...inputValue(parser), arguments: [] });
      });
      break;
    case "ENUM":
      endOfDefinition = parser.some("{", "}", () => {
        enumValues.push(enumValue(parser));
      });
      break;
    case "UNION":
      types.push(...unionMembers(parser));
      break;
    case "SCALAR":
      break;
  }
  return { fields, types, enumValues, endOfDefinition };
}

function implementedInterfaces(parser: Parser): string[] {
  const names: string[] = [];
  if (parser.peek().value !== "implements") return names;
  parser.next();
  parser.skip("&");
  do names.push(parser.nameText());
  while (parser.skip("&"));
  return names;
}

function unionMembers(parser: Parser): UnionMember[] {
  const members: UnionMember[] = [];
  if (!parser.skip("=")) return members;
  parser.skip("|");
  do {
    const { position } = parser;
    members.push({ name: parser.nameText(), position });
  } while (parser.skip("|"));
  return members;
}

function fieldDefinition(parser: Parser): FieldDefinition {
  const described = itemDescription(parser);
  const { position } = parser;
  const { comment } = parser;
  const name = parser.nameText();
  const list = argumentDefinitions(parser);
  parser.expect(":");
  const type = parser.type();
  return {
    description: described.text,
    name,
    arguments: list,
    defaultValue: undefined,
    type,
    directives: parser.directives(true),
    beforeDescription: described.comment,
    afterDescription: comment,
    position,
  };
}

function argumentDefinitions(parser: Parser): ArgumentDefinition[] {
  const list: ArgumentDefinition[] = [];
  parser.some("(", ")", () => {
    list.push(inputValue(parser));
  });
  return list;
}

/** An argument, or a field of an input object. */
function inputValue(parser: Parser): ArgumentDefinition {
  const described = itemDescription(parser);
  const { position } = parser;
  const { comment } = parser;
  const name = parser.nameText();
  parser.expect(":");
  const type = parser.type();
  const defaultValue = parser.skip("=") ? parser.value(true) : undefined;
  return {
    description: described.text,
    name,
    defaultValue,
    type,
    directives: parser.directives(true),
    beforeDescription: described.comment,
    afterDescription: comment,
    position,
  };
}

function enumValue(parser: Parser): EnumValueDefinition {
  const described = itemDescription(parser);
  const { position } = parser;
  const { comment } = parser;
  return {
    description: described.text,
    name: parser.nameText(),
    directives: parser.directives(true),
    beforeDescription: described.comment,
    afterDescription: comment,
    position,
  };
}

function directiveDefinition(parser: Parser, described: Described): DirectiveDefinition {
  const comment = parser.expectKeyword("directive");
  parser.expect("@");
  const { position } = parser;
  const name = parser.nameText();
  const list = argumentDefinitions(parser);
  const isRepeatable = parser.isKeyword("repeatable");
  if (isRepeatable) parser.next();
  parser.expectKeyword("on");
  return {
    description: described.text,
    name,
    arguments: list,
    locations: directiveLocations(parser),
    isRepeatable,
    beforeDescription: described.comment,
    afterDescription: comment,
    position,
  };
}

function directiveLocations(parser: Parser): string[] {
  parser.skip("|");
  const found: string[] = [];
  do {
    const token = parser.expect("Name");
    if (!locations.has(token.value)) parser.unexpected(token);
    found.push(token.value);
  } while (parser.skip("|"));
  return found;
}

const locations: ReadonlySet<string> = new Set([
  "QUERY",
  "MUTATION",
  "SUBSCRIPTION",
  "FIELD",
  "FRAGMENT_DEFINITION",
  "FRAGMENT_SPREAD",
  "INLINE_FRAGMENT",
  "VARIABLE_DEFINITION",
  "SCHEMA",
  "SCALAR",
  "OBJECT",
  "FIELD_DEFINITION",
  "ARGUMENT_DEFINITION",
  "INTERFACE",
  "UNION",
  "ENUM",
  "ENUM_VALUE",
  "INPUT_OBJECT",
  "INPUT_FIELD_DEFINITION",
]);
