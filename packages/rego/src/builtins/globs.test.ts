import { callTable } from "./call-table.test.ts";

callTable("globs", [
  ['glob.match("**", [], "s")', "true"],
  ['glob.match("a?c", [], "cb")', "false"],
  ['glob.match(1, [], "a/b/c")', "eval_type_error: operand 1 must be string but got number"],
  [
    'glob.match("a/**", [1], {})',
    "eval_type_error: operand 2 must be array of strings but got array containing number",
  ],
  [
    'glob.match("{", [".."], "abc")',
    "eval_type_error: operand 2 must be array of runes but got array containing string",
  ],
  ['glob.match("[", [], "api.x.y.com")', "eval_builtin_error: glob: syntax error at 1: unexpected end of input"],
  ['glob.quote_meta("")', '""'],
  ['glob.quote_meta("\\\\")', '"\\\\\\\\"'],
  ['glob.quote_meta("1e3")', '"1e3"'],
  ['glob.quote_meta("Local")', '"Local"'],
  ['glob.quote_meta("%20a+b")', '"%20a+b"'],
  ['glob.quote_meta("*.github.com")', '"\\\\*.github.com"'],
  ["glob.quote_meta(1)", "eval_type_error: operand 1 must be string but got number"],
]);
