import type { Value } from "../values/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";

export function renderTemplate(_context: BuiltinContext, _template: Value, _variables: Value): Value {
  throw new BuiltinError("not implemented");
}
