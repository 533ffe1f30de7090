import { callTable } from "./call-table.test.ts";

callTable("json schemas", [
  ['json.match_schema({"a":1}, {})', "[true, []]"],
  [
    'json.match_schema({"a":1}, {"not":{}})',
    '[false, [{"desc": "Must not validate the schema (not)", "error": "(Root): Must not validate the schema (not)", "field": "(Root)", "type": "number_not"}]]',
  ],
  [
    'json.match_schema({"a":1}, {"properties":{"a":{"minimum":3}},"additionalProperties":false})',
    '[false, [{"desc": "Must be greater than or equal to 3", "error": "a: Must be greater than or equal to 3", "field": "a", "type": "number_gte"}]]',
  ],
  ['json.match_schema(1, "{")', "eval_builtin_error: wrong type, expected string or object"],
  ['json.match_schema("x", {})', "eval_builtin_error: invalid JSON string"],
  ['json.match_schema([1,2], "[]")', "eval_builtin_error: schema is invalid"],
  [
    'json.match_schema({"a":1}, {"type":1})',
    "eval_builtin_error: Invalid type. Expected: type, given: string/Array Of Strings",
  ],
  ["json.verify_schema(1)", '[false, "jsonschema: wrong type, expected string or object"]'],
  ["json.verify_schema([])", '[false, "jsonschema: schema is invalid"]'],
  ['json.verify_schema("s")', '[false, "jsonschema: invalid JSON string"]'],
  [
    'json.verify_schema({"type":1})',
    '[false, "jsonschema: Invalid type. Expected: type, given: string/Array Of Strings"]',
  ],
  ['json.verify_schema({"minimum":"a"})', '[false, "jsonschema: minimum must be of a Number"]'],
  [
    'json.verify_schema({"type":["string","x"]})',
    '[false, "jsonschema: has a primitive type that is NOT VALID -- given: /x/ Expected valid values are:[array boolean integer number null object string]"]',
  ],
]);
