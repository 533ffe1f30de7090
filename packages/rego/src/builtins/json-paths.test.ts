import { callTable } from "./call-table.test.ts";

callTable("json paths", [
  ['json.filter({1:2}, ["a"])', "{}"],
  ['json.filter({"a":1}, [["a","b"]])', '{"a": 1}'],
  ['json.filter({"a":{"b":{"c":1}}}, {"a","d"})', '{"a": {"b": {"c": 1}}}'],
  ['json.filter({"b":{"c":2},"a":{"b":3}}, ["a"])', '{"a": {"b": 3}}'],
  ['json.filter({"a":{"b","c"},"b":set(),"c":{"a"}}, ["a"])', '{"a": {"b", "c"}}'],
  ['json.filter({"a":{"b","c"},"b":set(),"c":{"a"}}, ["/a/b/c"])', '{"a": {"b"}}'],
  ["json.filter(1, [])", "eval_type_error: operand 1 must be object but got number"],
  ["json.filter({1:2}, 1)", "eval_type_error: operand 2 must be one of {set, array} but got number"],
  [
    "json.filter({}, [null])",
    "eval_type_error: operand 2 must be one of {set, array} containing string paths or array of path segments but got null",
  ],
  ['json.remove({}, ["a"])', "{}"],
  ['json.remove({"a":{"b":{"c":1}}}, [])', '{"a": {"b": {"c": 1}}}'],
  ['json.remove({"a":[1,2,{"x":3}],"d":"e"}, [])', '{"a": [1, 2, {"x": 3}], "d": "e"}'],
  ['json.remove({"b":3,"c":{"d":null}}, ["/a/b/c"])', '{"b": 3, "c": {"d": null}}'],
  ['json.remove({"a":{"b","c"},"b":set(),"c":{"a"}}, [])', '{"a": {"b", "c"}, "b": set(), "c": {"a"}}'],
  ['json.remove({"op":"add","path":"/a","value":1}, {"a","d"})', '{"op": "add", "path": "/a", "value": 1}'],
  ["json.remove({1:2}, 2)", "eval_type_error: operand 2 must be one of {set, array} but got number"],
  ['json.remove([], ["a"])', "eval_type_error: operand 1 must be object but got array"],
  [
    'json.remove({"a":1}, {true})',
    "eval_type_error: operand 2 must be one of {set, array} containing string paths or array of path segments but got boolean",
  ],
]);
