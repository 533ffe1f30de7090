import { callTable } from "./call-table.test.ts";

callTable("graphqls", [
  ['graphql.is_valid([], "İ")', "false"],
  ["graphql.is_valid({1:2}, {1:2})", "true"],
  ["graphql.parse({}, {})", "[{}, {}]"],
  ['graphql.parse({1}, "ß")', "eval_type_error: operand 0 must be one of {string, object} but got set"],
  ['graphql.parse("", set())', "eval_type_error: operand 1 must be one of {string, object} but got set"],
  ['graphql.parse("- 1\\n- 2.50", 1)', "eval_builtin_error: Unexpected <Invalid> in GraphQL string at location 1:2"],
  [
    'graphql.parse({"b":{"c":2},"a":{"b":3}}, "1.5")',
    'eval_builtin_error: Unexpected Float "1.5" in GraphQL string at location 1:1',
  ],
  ["graphql.parse_and_verify({}, [])", "[false, {}, {}]"],
  ['graphql.parse_and_verify(",", {})', "[true, {}, {}]"],
  ['graphql.parse_query("")', "{}"],
  ["graphql.parse_query(1)", "eval_type_error: operand 1 must be string but got number"],
  ['graphql.parse_query("é")', "eval_builtin_error: Unexpected <Invalid> in GraphQL string at location 1:1"],
  ['graphql.parse_query("1.5")', 'eval_builtin_error: Unexpected Float "1.5" in GraphQL string at location 1:1'],
  [
    'graphql.parse_query("{\\"a\\":[1,{\\"b\\":2}]}")',
    "eval_builtin_error: Expected Name, found String in GraphQL string at location 1:3",
  ],
  ['graphql.parse_schema("")', "{}"],
  ["graphql.parse_schema(1)", "eval_type_error: operand 1 must be string but got number"],
  ['graphql.parse_schema("İ")', "eval_builtin_error: Unexpected <Invalid> in GraphQL string at location 1:1"],
  ['graphql.parse_schema("1e3")', 'eval_builtin_error: Unexpected Float "1e3" in GraphQL string at location 1:1'],
  [
    'graphql.parse_schema("{\\"a\\":[1,{\\"b\\":2}]}")',
    "eval_builtin_error: Unexpected { in GraphQL string at location 1:1",
  ],
  ["graphql.schema_is_valid(1)", "false"],
  ["graphql.schema_is_valid({})", "true"],
]);
