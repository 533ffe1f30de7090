import { callTable } from "./call-table.test.ts";

callTable("units", [
  ['units.parse("1")', "1"],
  ['units.parse("1g")', "1000000000"],
  ['units.parse("1E3")', "1000"],
  ['units.parse("1Pi")', "1125899906842624"],
  ['units.parse("100m")', "0.1000000000"],
  ['units.parse("100Mi")', "104857600"],
  ["units.parse(1)", "eval_type_error: operand 1 must be string but got number"],
  ['units.parse("s")', "eval_builtin_error: units.parse: no amount provided"],
  ['units.parse("1 K")', "eval_builtin_error: units.parse: spaces not allowed in resource strings"],
  ['units.parse("1_000")', "eval_builtin_error: units.parse: unit _000 not recognized"],
  ['units.parse_bytes("1")', "1"],
  ['units.parse_bytes("5m")', "5000000"],
  ['units.parse_bytes("1e3")', "1000"],
  ['units.parse_bytes("1KiB")', "1024"],
  ['units.parse_bytes("1e3kb")', "1000000"],
  ['units.parse_bytes("0.1kb")', "100"],
  ["units.parse_bytes(1)", "eval_type_error: operand 1 must be string but got number"],
  ['units.parse_bytes("")', "eval_builtin_error: units.parse_bytes: no byte amount provided"],
  ['units.parse_bytes("1 KB")', "eval_builtin_error: units.parse_bytes: spaces not allowed in resource strings"],
  ['units.parse_bytes("2020-01-02")', "eval_builtin_error: units.parse_bytes: could not parse byte amount to a number"],
]);
