import { callTable } from "./call-table.test.ts";

callTable("graphs", [
  ["graph.reachable({1:2}, [])", "set()"],
  ['graph.reachable({"a":null}, ["a"])', '{"a"}'],
  ['graph.reachable({"a":["b","c"],"b":["d"],"c":[]}, ["a"])', '{"a", "b", "c"}'],
  ['graph.reachable([], "a")', "eval_type_error: operand 1 must be object but got array"],
  ['graph.reachable({}, "a")', "eval_type_error: operand 2 must be {array, set} but got string"],
  ["graph.reachable_paths({}, [])", "set()"],
  ['graph.reachable_paths({"a":[]}, ["a"])', '{["a"]}'],
  ['graph.reachable_paths({"a":["a"]}, ["a"])', '{["a", "a"]}'],
  ['graph.reachable_paths({"a":["b","c"],"b":["d"],"c":[]}, ["a"])', '{["a", "b"], ["a", "c"]}'],
  ['graph.reachable_paths({"a":["b","c"],"b":["d"],"c":[]}, {"a","b"})', '{["a", "b"], ["a", "c"], ["b"]}'],
  [
    'graph.reachable_paths({"a":["b"],"b":["c"],"c":["a","d"],"d":[]}, {"a","b"})',
    '{["a", "b", "c"], ["a", "b", "c", "d"], ["b", "c", "a"], ["b", "c", "d"]}',
  ],
  ["graph.reachable_paths({1}, [])", "eval_type_error: operand 1 must be object but got set"],
  ['graph.reachable_paths({"a":[]}, null)', "eval_type_error: operand 2 must be {array, set} but got null"],
]);
