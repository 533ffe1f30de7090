import { callTable } from "./call-table.test.ts";

callTable("json patch", [
  ["json.patch({}, [])", "{}"],
  ['json.patch({[1]:{"x"}}, [])', '{[1]: {"x"}}'],
  ['json.patch("s", [{"op":"add","path":[],"from":"/a/b","value":{"z":1}}])', '{"z": 1}'],
  ['json.patch({"a":{"x","y"}}, [{"op":"replace","path":"a","from":"/c/0","value":{"z":1}}])', '{"a": {"z": 1}}'],
  ["json.patch({}, 1)", "eval_type_error: operand 2 must be array but got number"],
  [
    'json.patch({}, [{"op":"test","path":["a","b"],"from":"/q","value":1}])',
    'eval_builtin_error: path "a" does not exist in object term {}',
  ],
  [
    'json.patch({1}, [{"op":"remove","path":"/c/01","from":"/c/0","value":{"z":1}}])',
    "eval_builtin_error: path c does not exist in set term {1}",
  ],
  [
    'json.patch({}, [{"op":"test","path":"","from":"/q","value":null},{"op":"copy","path":"/x/y","from":"/a","value":null}])',
    "eval_builtin_error: value from EditTree != patch value.\n\nExpected: null\n\nFound: {}",
  ],
]);
