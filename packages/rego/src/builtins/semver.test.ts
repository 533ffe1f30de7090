import { callTable } from "./call-table.test.ts";

callTable("semver", [
  ['semver.compare("1.2.3", "1.2.3")', "0"],
  ['semver.compare("1.10.0", "0.0.0")', "1"],
  ['semver.compare("1.2.3-a.b", "1.2.4")', "-1"],
  ['semver.compare(1, "0.0.0")', "eval_type_error: operand 1 must be string but got number"],
  ['semver.compare("1.2", 1.5)', "eval_type_error: operand 2 must be string but got number"],
  ['semver.compare("1.2.3", "s")', 'eval_builtin_error: operand 2: string "s" is not a valid SemVer'],
  ['semver.compare("1.5Gb", "ß")', 'eval_builtin_error: operand 1: string "1.5Gb" is not a valid SemVer'],
  ["semver.is_valid(1)", "false"],
  ['semver.is_valid("1.2.3")', "true"],
]);
