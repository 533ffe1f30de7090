import type {
  Field,
  FragmentDefinition,
  Operation,
  OperationDefinition,
  QueryDocument,
  Selection,
  VariableDefinition,
} from "./ast.ts";
import { Parser } from "./parser.ts";

/** Reads a document of operations and fragments. Throws a `GraphqlError`. */
export function parseQuery(text: string): QueryDocument {
  const parser = new Parser(text, "");
  const document: QueryDocument = { operations: [], fragments: [] };
  for (let token = parser.peek(); token.kind !== "<EOF>"; token = parser.peek()) {
    if (token.kind === "{" || (token.kind === "Name" && operations.has(token.value))) {
      document.operations.push(operationDefinition(parser));
    } else if (parser.isKeyword("fragment")) {
      document.fragments.push(fragmentDefinition(parser));
    } else {
      parser.unexpected();
    }
  }
  return document;
}

const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["query", "query"],
  ["mutation", "mutation"],
  ["subscription", "subscription"],
]);

/** `query`, `mutation` or `subscription`. */
export function parseOperation(parser: Parser): Operation {
  const token = parser.next();
  return operations.get(token.value) ?? parser.unexpected(token);
}

function operationDefinition(parser: Parser): OperationDefinition {
  const { kind, position } = parser.peek();
  const { comment } = parser;
  if (kind === "{") {
    const selections = requiredSelections(parser);
    // OPA's parser has lost the comments before it by now.
    return { operation: "query", name: "", variables: [], directives: [], selections, comment: undefined, position };
  }
  const operation = parseOperation(parser);
  const name = parser.peek().kind === "Name" ? parser.next().value : "";
  const variables = variableDefinitions(parser);
  const directives = parser.directives(false);
  return { operation, name, variables, directives, selections: requiredSelections(parser), comment, position };
}

function variableDefinitions(parser: Parser): VariableDefinition[] {
  const definitions: VariableDefinition[] = [];
  parser.some("(", ")", () => {
    const { position } = parser.peek();
    const { comment } = parser;
    const variable = parser.variable();
    parser.expect(":");
    const type = parser.type();
    const defaultValue = parser.skip("=") ? parser.value(true) : undefined;
    definitions.push({ variable, type, defaultValue, directives: parser.directives(false), comment, position });
  });
  return definitions;
}

function selectionSet(parser: Parser): Selection[] {
  const selections: Selection[] = [];
  parser.some("{", "}", () => {
    selections.push(parser.peek().kind === "..." ? fragment(parser) : field(parser));
  });
  return selections;
}

function requiredSelections(parser: Parser): Selection[] {
  const token = parser.peek();
  if (token.kind !== "{") parser.fail(token, `Expected {, found ${token.kind}`);
  return selectionSet(parser);
}

function field(parser: Parser): Field {
  const { position } = parser.peek();
  const { comment } = parser;
  const alias = parser.nameText();
  const name = parser.skip(":") ? parser.nameText() : alias;
  const list = parser.arguments(false);
  const directives = parser.directives(false);
  const selections = selectionSet(parser);
  return { kind: "field", alias, name, arguments: list, directives, selections, comment, position };
}

function fragment(parser: Parser): Selection {
  parser.peek();
  const { comment } = parser;
  parser.expect("...");
  const { kind, value, position } = parser.peek();
  if (kind === "Name" && value !== "on") {
    return { kind: "spread", name: fragmentName(parser), directives: parser.directives(false), comment, position };
  }
  let typeCondition = "";
  if (value === "on") {
    parser.next();
    typeCondition = parser.nameText();
  }
  const directives = parser.directives(false);
  return { kind: "inline", typeCondition, directives, selections: requiredSelections(parser), comment, position };
}

function fragmentDefinition(parser: Parser): FragmentDefinition {
  const { position } = parser.peek();
  const { comment } = parser;
  parser.expectKeyword("fragment");
  const name = fragmentName(parser);
  const variables = variableDefinitions(parser);
  parser.expectKeyword("on");
  const typeCondition = parser.nameText();
  const directives = parser.directives(false);
  return { name, variables, typeCondition, directives, selections: requiredSelections(parser), comment, position };
}

function fragmentName(parser: Parser): string {
  return parser.peek().value === "on" ? parser.unexpected() : parser.nameText();
}
